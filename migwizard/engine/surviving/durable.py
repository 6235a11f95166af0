"""Writes that survive a kill at any moment: fsync, rename, fsync of the folder.

A reader sees the old content or the new one, never half of it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migwizard import private
from migwizard.errors import FULL

_MARK = ".migwizard-"
"""In the names of temporary files, before the number of the process."""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def file_hash(path: Path) -> str | None:
    """SHA-256 of a file's bytes, or None where there is no file, be it because what should hold it is no folder."""
    try:
        return sha256(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None


def write_file(path: Path, data: bytes, mode: int | None = None, temporary: Path | None = None) -> None:
    """Put `data` in place of whatever `path` holds; the file's folder is made where it is missing.

    Without a mode nobody else can read it: one of our own files. A kill may leave `temporary`, a file beside it: by
    default of a name that no other process uses.
    """
    if mode is None:
        private.make_folder(path.parent)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary or beside(path, f"{_MARK}{os.getpid()}")
    try:
        with (
            _named(path),
            private.open_new(temporary, private.USUAL if mode == private.USUAL else private.FILE) as stream,
        ):
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            _give_to_owner(temporary, path)
        if mode not in (None, private.USUAL):
            temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _give_to_owner(temporary: Path, path: Path) -> None:
    """Let whoever has the file that is replaced, or else the folder, have the new one: of root's files nobody could edit any."""
    if os.geteuid() == 0:
        owner = (path if path.exists() else path.parent).stat()
        os.chown(temporary, owner.st_uid, owner.st_gid if path.exists() else -1)


def beside(path: Path, ending: str) -> Path:
    """A hidden name beside a file, for what takes its place; a name that is as long as names may be is cut."""
    name = path.name.encode()[: 250 - len(ending)].decode(errors="ignore")
    return path.with_name(f".{name}{ending}")


def is_temporary(path: Path) -> bool:
    """Whether a file or folder is what a kill during `write_file` or `copy_folder` leaves."""
    return path.name.startswith(".") and path.name.rpartition(_MARK)[2].isdigit()


def sweep(folder: Path) -> None:
    """Remove what kills left below a folder of ours; nobody else may be writing there. A link is no folder of ours."""
    if folder.is_symlink():
        return
    for path in [path for path in folder.rglob(f".*{_MARK}*") if is_temporary(path)]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def refuse_link(folder: Path) -> None:
    """Raise OSError where a folder that things are removed from is a link: they would be somebody else's."""
    if folder.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))


def remove_file(path: Path) -> None:
    path.unlink(missing_ok=True)
    _sync_folder(path.parent)


def append_line(path: Path, line: str) -> None:
    """Add one line to a journal; it is on the disk when this returns. A line that a kill cut off is removed first."""
    private.make_folder(path.parent)
    with _named(path), open(path, "ab+", opener=private.opener) as stream:
        stream.seek(0)
        stream.truncate(stream.read().rfind(b"\n") + 1)
        stream.write(line.encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    _sync_folder(path.parent)


def copy_folder(source: Path, target: Path) -> None:
    """A copy of the `content` of a folder, complete or not there at all.

    Raises OSError as `refuse_link` where it takes the place of another one; where there is no room it names the copy.
    """
    if target.exists():
        refuse_link(target.parent)
    temporary = beside(target, f"{_MARK}{os.getpid()}")
    shutil.rmtree(temporary, ignore_errors=True)
    private.make_folder(temporary.parent)
    temporary.mkdir()
    folders = [(source, temporary)]
    for path in content(source):
        copy = temporary / path.relative_to(source)
        if path.is_dir():
            copy.mkdir()
            folders.append((path, copy))
        else:
            _copy_file(path, copy)
    # Last, and from below: one that nobody may write into could not be filled.
    for path, copy in reversed(folders):
        shutil.copystat(path, copy)
    if target.exists():
        shutil.rmtree(target)
    temporary.rename(target)
    _sync_folder(target.parent)


def content(folder: Path, top: Path | None = None) -> Iterator[Path]:
    """Every folder and file below one, sorted, without byte code.

    Links are followed, or in a copy they would dangle; not those of which `leads_round` is true, seen from `top`.
    """
    top = top or folder
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name == "__pycache__" or path.suffix == ".pyc":
            continue
        if path.is_dir():
            if not leads_round(path, top):
                yield path
                yield from content(path, top)
        elif path.is_file():
            yield path


def leads_round(path: Path, top: Path) -> bool:
    """Whether a folder is a link to one that the way from `top` to it came through: who follows it never ends."""
    if not path.is_symlink():
        return False
    target, way = path.resolve(), path.parent
    while not way.resolve().is_relative_to(target):
        if way == top:
            return False
        way = way.parent
    return True


def _copy_file(path: Path, copy: Path) -> None:
    try:
        shutil.copy2(path, copy)
        with copy.open("rb") as stream:
            os.fsync(stream.fileno())
    except OSError as error:
        if error.errno in FULL:
            # The system names what is read.
            error.filename = str(copy)
        raise


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Give errors the name of the file: a full disk is met at a write, where the system knows of no name."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def _sync_folder(folder: Path) -> None:
    """Where a file system cannot flush a folder, as some on a network, its renames are as safe as it makes them."""
    if not folder.is_dir():
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(descriptor)
