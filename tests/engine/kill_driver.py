"""Runs migwizard and kills it at the n-th durable write: `kill_driver.py N MOMENT TRACE -- ARGUMENTS`.

MOMENT is before, inside (temporary files are there, half of a line is written) or after. With N = 0 nothing is killed.
TRACE gets a line for every write: the function and the path.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from migwizard.cli import main
from migwizard.engine import durable

FUNCTIONS = ("write_file", "remove_file", "append_line", "copy_folder")


class Killer:
    """Counts the durable writes and ends the process at one of them, as a power cut would."""

    def __init__(self, point: int, moment: str, trace: Path) -> None:
        self._point, self._moment, self._trace = point, moment, trace
        self._lock = threading.Lock()
        self._count = 0

    def wrap(self, name: str) -> None:
        function: Callable[..., Any] = getattr(durable, name)

        def counted(path: Path, *arguments: Any, **more: Any) -> Any:
            with self._lock:
                self._count += 1
                hit = self._count == self._point
                with self._trace.open("a") as stream:
                    stream.write(f"{name} {arguments[0] if name == 'copy_folder' else path}\n")
            if hit and self._moment == "before":
                kill()
            if hit and self._moment == "inside":
                break_inside(name, path, *arguments)
            result = function(path, *arguments, **more)
            if hit:
                kill()
            return result

        setattr(durable, name, counted)


def break_inside(name: str, path: Path, *arguments: Any) -> None:
    """Make the write end half way: the new content lies beside its place, or in half a line."""
    if name == "append_line":
        with path.open("a") as stream:
            stream.write(arguments[0][: len(arguments[0]) // 2])
        kill()
    # The other functions end with one of these.
    for ending in ("replace", "rename", "unlink"):
        setattr(Path, ending, lambda *_, **__: kill())


def kill() -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    point, moment, trace, _, *command = sys.argv[1:]
    killer = Killer(int(point), moment, Path(trace))
    for function in FUNCTIONS:
        killer.wrap(function)
    sys.exit(main(command))
