"""A program in a terminal of its own (a pseudo-terminal), driven by keys and watched by what it writes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

# A letter that stands on no screen, so that its echo cannot be mistaken.
RARE = "ø"


class Terminal:
    """A child process with a terminal of `columns` x `rows`."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
        columns: int = 120,
        rows: int = 40,
    ) -> None:
        self.began = time.perf_counter()
        variables = {
            **(environment or os.environ),
            "TERM": "xterm-256color",
            "LINES": str(rows),
            "COLUMNS": str(columns),
        }
        self._pid, self._descriptor = pty.fork()
        if self._pid == 0:
            if cwd is not None:
                os.chdir(cwd)
            os.execvpe(command[0], list(command), variables)
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.written = ""

    def send(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def wait(self, text: str, seconds: float = 60.0) -> float:
        """Read until `text` comes, in what was not looked at yet; returns the moment. Raises TimeoutError."""
        end = time.perf_counter() + seconds
        while text not in self.written:
            if time.perf_counter() > end or not self._read(end):
                raise TimeoutError(f"{text!r} did not come; the end of what did: {self.written[-2000:]!r}")
        moment = time.perf_counter()
        self.written = self.written[self.written.index(text) + len(text) :]
        return moment

    def comes(self, text: str, seconds: float) -> bool:
        """Whether `text` comes within this time."""
        try:
            self.wait(text, seconds)
        except TimeoutError:
            return False
        return True

    def echo_seconds(self) -> float:
        """From a rare key to its echo, in seconds."""
        self.drain(0.1)
        began = time.perf_counter()
        self.send(RARE)
        return self.wait(RARE, 20) - began

    def drain(self, seconds: float) -> None:
        """Read for so long, and forget what came."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end and self._read(end):
            pass
        self.written = ""

    def _read(self, end: float) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], max(0.0, end - time.perf_counter()))
        if not ready:
            return True
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:
            return False
        self.written += data.decode("utf-8", "replace")
        return bool(data)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._descriptor)
