"""The project's own Python files that are loaded."""

from __future__ import annotations

import hashlib
import os
import sys


def names(root: str) -> list[str]:
    """Those that are loaded now, relative to `root`: what migrations did depends on any of them."""
    found = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        path = os.path.realpath(file) if isinstance(file, str) else ""
        relative = os.path.relpath(path, os.path.realpath(root)) if path.endswith(".py") else ".."
        hidden = relative.split(os.sep)[0].startswith(".")
        if not hidden and "site-packages" not in relative.split(os.sep):
            found.add(relative)
    return sorted(found)


def hashes(root: str) -> dict[str, str]:
    """SHA-256 of each, by name; the host sees by it that a file has changed since it was loaded."""
    found = {}
    for name in names(root):
        try:
            with open(os.path.join(root, name), "rb") as stream:
                found[name] = hashlib.sha256(stream.read()).hexdigest()
        except OSError:
            # Gone already, though it was loaded.
            found[name] = ""
    return found
