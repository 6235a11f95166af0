"""Take old names out of what a migration replaces; the rest of its text stays as it is, byte for byte."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from migwizard.seeds.guard import CannotGuardError, offset


def replaced(source: str) -> tuple[tuple[str, str], ...]:
    """The names that a migration replaces. Raises CannotGuardError where they do not stand in plain sight."""
    found = _statement(source)
    if found is None:
        return ()
    try:
        return tuple((app, name) for app, name in ast.literal_eval(found.value))
    except (ValueError, TypeError) as error:
        raise CannotGuardError("what the file replaces is no plain list of names") from error


def without_replaced(source: str, keep: Collection[tuple[str, str]]) -> str:
    """The text with no other replaced names than those of `keep`; where none is left the whole list goes.

    Raises CannotGuardError as `replaced` does.
    """
    names, found = replaced(source), _statement(source)
    left = [name for name in names if name in keep]
    if found is None or len(left) == len(names):
        return source
    start, stop = offset(source, found.lineno, 0), offset(source, (found.end_lineno or 0) + 1, 0)
    if not left:
        blank = re.match(r"[ \t]*\r?\n", source[stop:])
        return source[:start] + source[stop + (blank.end() if blank else 0) :]
    newline = "\r\n" if "\r\n" in source[start:stop] else "\n"
    lines = "".join(f'        ("{app}", "{name}"),{newline}' for app, name in left)
    return f"{source[:start]}    replaces = [{newline}{lines}    ]{newline}{source[stop:]}"


def _statement(source: str) -> ast.Assign | None:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise CannotGuardError(f"the file cannot be parsed: {error}") from error
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            for statement in node.body:
                if isinstance(statement, ast.Assign) and any(
                    isinstance(target, ast.Name) and target.id == "replaces" for target in statement.targets
                ):
                    return statement
    return None
