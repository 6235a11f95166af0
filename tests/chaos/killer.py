"""Runs migwizard and kills it, or its guest, at one moment: `killer.py ORDER TRACE -- ARGUMENTS`.

Inside of the wizard's process everything that a kill can come between is a point: each durable write, each event told to
the face, each request to the guest and its answer, each change of a file. TRACE gets a line of JSON for each of them, and one
for the kill. Needs nothing but the standard library and migwizard.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.engine.surviving import durable
from migwizard.project.process import Process

WRITES = ("write_file", "remove_file", "append_line", "copy_folder")
_TOUCHES = {"os.rename": 1, "os.remove": 0, "os.rmdir": 0, "os.mkdir": 0, "os.truncate": 0}
"""Audit events of changed files, and which of their arguments is the path."""
_PHASES = (
    ("backup of ", "apply: backup"),
    ("writing the journal", "swap"),
    (" in place", "swapped"),
    ("loading the project with its new files", "apply: look"),
    ("looking whether rows can go back", "undo: rows"),
)
"""What is told where a part of a state begins that a table should show by itself."""


@dataclass(frozen=True, slots=True)
class Order:
    """One kill: at the `number`-th point of a kind, some seconds later, and whom it hits. Number 0 kills nobody."""

    kind: str = "write"
    """write, told, asked, answered, touch; or clock, which begins with the process."""
    number: int = 0
    moment: str = "before"
    """Of a write: before, inside (temporary files are there, half of a line is written) or after."""
    delay: float = 0.0
    target: str = "wizard"
    """wizard; guest, the project's process; fork, what works for one request there; or both, wizard and all of the guest.

    Or disk, which is full from this write on: nobody is killed, and no durable write goes through any more."""


class Killer:
    """Counts the points and ends a process at one of them, as a power cut or the system's lack of memory would."""

    def __init__(self, order: Order, trace: Path) -> None:
        self._order, self._trace = order, trace
        self._lock = threading.RLock()
        self._counts: Counter[str] = Counter()
        self._phase = "opening"
        self._guests: list[int] = []
        self._full = False
        self._began = time.monotonic()

    def install(self) -> None:
        """From here on everything is a point."""
        for name in WRITES:
            self._wrap_write(name)
        self._wrap_tell()
        self._wrap_guest()
        sys.addaudithook(self._audit)
        if self._order.kind == "clock" and self._order.number:
            self._later()

    def _point(self, kind: str, label: str) -> bool:
        """Count one, and kill where it is the one; true where the kill is up to who asks."""
        with self._lock:
            self._counts[kind] += 1
            number = self._counts[kind]
            self._note(kind=kind, number=number, label=label)
            if (self._order.kind, self._order.number) != (kind, number):
                return False
            if kind == "write" and self._order.target == "disk":
                self._full = True
                self._note(killed="disk", hit=1)
                return False
            if kind == "write" and self._order.moment != "before":
                return True
            if self._order.delay:
                self._later()
            else:
                self.kill()
            return False

    def _later(self) -> None:
        timer = threading.Timer(self._order.delay, self.kill)
        timer.daemon = True
        timer.start()

    def _note(self, **what: Any) -> None:
        line = json.dumps({**what, "phase": self._phase, "at": round(time.monotonic() - self._began, 4)})
        with self._trace.open("a") as stream:
            stream.write(line + "\n")

    def kill(self) -> Any:
        """Hit whom the order names."""
        target = self._order.target
        groups = [pid for pid in self._guests if _parent(pid) is not None]
        forks = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(int(path.name)) in groups]
        hit = {"guest": groups, "fork": forks}.get(target, [os.getpid()])
        self._note(killed=target, hit=len(hit))
        for pid in groups if target == "both" else ():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        for pid in hit:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _wrap_write(self, name: str) -> None:
        function: Callable[..., Any] = getattr(durable, name)

        def counted(path: Path, *arguments: Any, **more: Any) -> Any:
            ours = self._point("write", f"{name} {arguments[0] if name == 'copy_folder' else path}")
            if self._full and name != "remove_file":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            if ours and self._order.moment == "inside":
                self._break_inside(name, path, *arguments)
            result = function(path, *arguments, **more)
            if ours:
                self.kill()
            return result

        setattr(durable, name, counted)

    def _break_inside(self, name: str, path: Path, *arguments: Any) -> None:
        """Make the write end half way: the new content lies beside its place, or in half a line."""
        if name == "append_line":
            with path.open("a") as stream:
                stream.write(arguments[0][: len(arguments[0]) // 2])
            self.kill()
        # The other functions end with one of these.
        for ending in ("replace", "rename", "unlink"):
            setattr(Path, ending, lambda *_, **__: self.kill())

    def _wrap_tell(self) -> None:
        tell = Ride.tell

        def told(ride: Ride, kind: str, text: str = "", **data: Any) -> None:
            if kind == "begin":
                self._phase = text
            self._phase = next((phase for said, phase in _PHASES if said in text), self._phase)
            tell(ride, kind, text, **data)
            self._point("told", f"{kind} {text[:60]}")

        setattr(Ride, "tell", told)  # noqa: B010 - mypy lets no method be assigned to

    def _wrap_guest(self) -> None:
        begin, request, wait = Process.__init__, Process.request, Process.wait
        asked: dict[tuple[int, int], str] = {}

        def began(process: Any, *arguments: Any, **more: Any) -> None:
            begin(process, *arguments, **more)
            self._guests.append(process._popen.pid)
            asked[id(process), 0] = "start"
            self._point("asked", "start")

        def requested(process: Any, method: str, *arguments: Any) -> int:
            number = request(process, method, *arguments)
            asked[id(process), number] = method
            self._point("asked", method)
            return number

        def waited(process: Any, number: int, *arguments: Any) -> Any:
            result = wait(process, number, *arguments)
            self._point("answered", asked[id(process), number])
            return result

        for name, function in (("__init__", began), ("request", requested), ("wait", waited)):
            setattr(Process, name, function)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Changes of files, the trace and the log apart."""
        if event == "open" and not isinstance(arguments[0], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            path = str(arguments[0])
        elif event in _TOUCHES:
            path = str(arguments[_TOUCHES[event]])
        else:
            return
        if path != str(self._trace) and not path.endswith(("migwizard.log", "/dev/null")) and "/proc" not in path:
            self._point("touch", f"{event} {path}")


def _parent(pid: int) -> int | None:
    """The parent of a process that lives; None where it does not."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[1])


def as_text(order: Order) -> str:
    return json.dumps(asdict(order))


if __name__ == "__main__":
    from migwizard.cli import main

    text, trace, _, *command = sys.argv[1:]
    Killer(Order(**json.loads(text)), Path(trace)).install()
    sys.exit(main(command))
