"""The project's own Python files that are loaded."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
from typing import Any


def file_of(module: Any) -> str | None:
    """The file that a module was loaded from, which may be another one than its `__file__` says."""
    loader = getattr(getattr(module, "__spec__", None), "loader", None)
    path = getattr(loader, "path", None) or getattr(module, "__file__", None)
    return path if isinstance(path, str) else None


def names(root: str) -> list[str]:
    """Those that are loaded now, relative to `root`: what migrations did depends on any of them."""
    # Nearly all modules share their folder with others, and to resolve its links is all that this costs.
    folder_of = functools.lru_cache(maxsize=None)(os.path.realpath)
    top, found = folder_of(root), set()
    for module in list(sys.modules.values()):
        file = file_of(module)
        if not file:
            continue
        folder, name = os.path.split(file)
        path = os.path.realpath(file) if os.path.islink(file) else os.path.join(folder_of(folder), name)
        relative = os.path.relpath(path, top) if path.endswith(".py") and path.startswith(top) else ".."
        hidden = relative.split(os.sep)[0].startswith(".")
        if not hidden and "site-packages" not in relative.split(os.sep):
            found.add(relative)
    return sorted(found)


def hashes(root: str) -> dict[str, str]:
    """SHA-256 of each that can be read, by name; the host sees by it that a file has changed since it was loaded.

    A module may name a file that there never was, or one within an archive: nobody can change that one.
    """
    found = {}
    for name in names(root):
        with contextlib.suppress(OSError):
            found[name] = _hash(os.path.join(root, name))
    return found


def migration_hashes(start: dict[str, Any], emit: Any, labels: list[str]) -> dict[str, dict[str, str]]:
    """SHA-256 of every file in the migrations folder of each label, by its path there; byte code is none."""
    from .facts import migrations_folder
    from .histories import migrations_module

    found = {}
    for label in labels:
        folder = migrations_folder(migrations_module(label)) or ""
        paths = [os.path.join(place, name) for place, _, files in os.walk(folder) for name in files]
        found[label] = {
            os.path.relpath(path, folder).replace(os.sep, "/"): _hash(path)
            for path in sorted(paths)
            if not path.endswith(".pyc") and "__pycache__" not in path.split(os.sep) and os.path.isfile(path)
        }
    return found


def sees(start: dict[str, Any], emit: Any, name: str, text: str) -> bool:
    """Whether a file of the project, by its path in it, is there and holds `text`."""
    try:
        with open(os.path.join(start["root"], name), encoding="utf-8") as stream:
            return stream.read() == text
    except OSError:
        return False


def _hash(path: str) -> str:
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()
