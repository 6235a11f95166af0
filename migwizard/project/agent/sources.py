"""The project's own Python files that are loaded."""

from __future__ import annotations

import contextlib
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
    found = set()
    for module in list(sys.modules.values()):
        file = file_of(module)
        path = os.path.realpath(file) if file else ""
        relative = os.path.relpath(path, os.path.realpath(root)) if path.endswith(".py") else ".."
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
        with contextlib.suppress(OSError), open(os.path.join(root, name), "rb") as stream:
            found[name] = hashlib.sha256(stream.read()).hexdigest()
    return found
