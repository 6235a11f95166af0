"""Files and folders that nobody but this user can read, from the moment they are there.

What lies in our folder may hold rows of databases; no umask makes it readable to others, not even for the time of a write.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

FOLDER, FILE = 0o700, 0o600
USUAL = 0o666
"""The mode of a file of the project: what the umask leaves of it."""


def make_folder(path: Path) -> None:
    """Make a folder and those above it that are missing; what is there stays as it is."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=FOLDER, exist_ok=True)


def open_new(path: Path, mode: int = FILE) -> IO[bytes]:
    """Open a new file for writing. What has its name is removed first: a link would lead elsewhere."""
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, mode), "wb")


def opener(path: str, flags: int) -> int:
    """For `open`: a file that it makes is ours alone."""
    return os.open(path, flags, FILE)
