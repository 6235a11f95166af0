"""JSON that somebody else may have written: a folder of ours can be copied, cut off, or made to be read.

Reading it takes bounded time and memory, and whatever is wrong is a ValueError.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

from migwizard.harmless import harmless

MOST = 64 * 1024**2
"""Bytes of a file that somebody can decide about: the largest checkpoint that was ever seen has one of them, in MB."""


def read_bytes(path: Path, most: int = MOST) -> bytes:
    """What a file holds. Raises ValueError where it is none, or too large; OSError as the system does."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is no file")
    if found.st_size > most:
        raise ValueError(f"it has {found.st_size // 1024**2} MB, more than was ever written there")
    return path.read_bytes()


def parse(text: str | bytes) -> Any:
    """The value that JSON says. Raises ValueError, also where it is nested deeper than anybody nests it."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def read_json(path: Path, most: int = MOST) -> Any:
    """What a file says. Raises ValueError and OSError."""
    return parse(read_bytes(path, most))


def printable(text: str, most: int = 120) -> str:
    """A text of such a file as a message can hold it."""
    return harmless(text if len(text) <= most else f"{text[:most]}...")
