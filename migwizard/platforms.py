"""What migwizard needs of the system that it runs on, said in a sentence where it is not there."""

from __future__ import annotations

import importlib
import os

NEEDED = ("fcntl", "termios")
"""Modules of POSIX systems: the lock that keeps two resets apart, and the terminal in lines."""


def hindrance() -> str:
    """Why it cannot work here; empty where it can."""
    missing = [name for name in NEEDED if not _is_there(name)]
    if not missing:
        return ""
    return (
        f"migwizard does not work on this system ({os.name}) yet: Python has no {' and no '.join(missing)} here, and without file "
        "locks two resets could get into each other's way. Nothing was changed. On Windows use it in WSL, with the project "
        "inside of it."
    )


def _is_there(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True
