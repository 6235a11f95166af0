"""What went wrong in the project, as data: kind, sentence, place."""

from __future__ import annotations

import ast
import os
import sys
import sysconfig
import traceback
from typing import Any

from .sources import file_of


class AgentError(Exception):
    """A failure that the agent itself found, with a kind that the host knows."""

    def __init__(self, kind: str, sentence: str, **details: Any) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.details = details


def _is_foreign(path: str) -> bool:
    """Whether a file is neither the project's nor an installed package's: the standard library, importlib, or the agent."""
    here = os.path.dirname(os.path.abspath(__file__))
    library = sysconfig.get_path("stdlib")
    return path.startswith(("<", here)) or (path.startswith(library) and not is_installed(path))


def place(error: BaseException, root: str = "") -> dict[str, Any] | None:
    """File and line to blame: the innermost frame in the project's root, else the innermost outside the standard library."""
    if isinstance(error, SyntaxError) and error.filename:
        return {"file": error.filename, "line": error.lineno, "in": None}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_foreign(frame.filename)]
    own = [
        frame
        for frame in frames
        if root and os.path.abspath(frame.filename).startswith(root) and not is_installed(frame.filename)
    ]
    for frame in reversed(own or frames):
        return {"file": frame.filename, "line": frame.lineno, "in": frame.name}
    return None


def is_installed(path: str) -> bool:
    """Whether a file is of a package in an environment, which may lie in the project."""
    return os.sep + "site-packages" + os.sep in path


def place_of_operation(migration: type, number: int, total: int) -> dict[str, Any] | None:
    """File and line of an operation of a migration, by its number; the line where all begin, where they are no list of so many."""
    path = file_of(sys.modules.get(migration.__module__))
    if path is None or not path.endswith(".py"):
        return None
    try:
        with open(path, "rb") as stream:
            tree = ast.parse(stream.read())
    except (OSError, SyntaxError, ValueError):
        return None
    line = 1
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(getattr(name, "id", "") == "operations" for name in node.targets):
            line = node.lineno
            if isinstance(node.value, ast.List) and len(node.value.elts) == total:
                line = node.value.elts[number].lineno
    return {"file": path, "line": line, "in": None}


def sentence(error: BaseException) -> str:
    """The error in one line, as a person would say it."""
    if isinstance(error, SystemExit):
        return "called sys.exit({!r})".format(error.code)
    text = " ".join(str(error).split())
    return "{}: {}".format(type(error).__name__, text) if text else type(error).__name__


def describe(error: BaseException, root: str = "", kind: str | None = None) -> dict[str, Any]:
    """The failure as JSON-able data: kind, sentence, where, details, traceback."""
    own = error.kind if isinstance(error, AgentError) else None
    details = dict(error.details) if isinstance(error, AgentError) else {}
    return {
        "kind": own or kind or "failed",
        "sentence": str(error) if own else sentence(error),
        "exception": type(error).__name__,
        # An error that the agent wraps brings the place of the original along.
        "where": details.pop("where", None) or place(error, root),
        "details": details,
        "traceback": "" if _only_refuses(error) else _traceback(error),
    }


def _only_refuses(error: BaseException | None) -> bool:
    """Whether nothing failed: the agent found something, and its sentence is all there is to say about it."""
    while isinstance(error, AgentError):
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return error is None


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
