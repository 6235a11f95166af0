"""One migwizard a project."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from migwizard import private
from migwizard.errors import ConflictError
from migwizard.paths import Workplace


@contextmanager
def locked(path: Path) -> Iterator[Callable[[], bool]]:
    """Hold the project's lock. The system releases it however the process ends. Raises ConflictError.

    Yields what tells whether its file is still there: with its folder it may be removed by anybody.
    """
    while True:
        descriptor = _open(path)
        try:
            _take(descriptor)
            if not _is_at(path, descriptor):
                # Who held it removed the folder meanwhile; others lock the file that is there now.
                continue
            _note(descriptor)
            yield partial(_is_at, path, descriptor)
            return
        finally:
            os.close(descriptor)


def _open(path: Path) -> int:
    """The lock's file, in a folder that another run may have removed. Raises ConflictError where it can be no file."""
    while True:
        try:
            Workplace(path.parent.parent).create()
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, private.FILE)
        except FileNotFoundError:
            continue
        except IsADirectoryError:
            raise ConflictError(
                f"{path} is a folder, and has to be a file, which tells other runs of this one. Nothing was changed.",
                code="own-folder",
                cures=("Move that folder away, and start again.",),
                details={"path": str(path)},
            ) from None


def _take(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ConflictError(
            f"Another migwizard works in this project: {_holder(descriptor)}. Nothing was changed.",
            code="locked",
            cures=("Wait until it has finished, or end it; then start again.",),
            details={"holder": _holder(descriptor)},
        ) from None


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether the path still leads to the file that was opened."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except (FileNotFoundError, NotADirectoryError):
        return False


def _note(descriptor: int) -> None:
    """Who holds the lock, for those who meet it."""
    os.ftruncate(descriptor, 0)
    note = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    os.pwrite(descriptor, json.dumps(note).encode(), 0)


def _holder(descriptor: int) -> str:
    try:
        note = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {note['pid']} on {note['host']}, since {note['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process"
