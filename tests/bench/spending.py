"""What programs spend: seconds of the clock, CPU seconds and memory of a process with all that it started."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from tests.subjects import SubjectError

Result = TypeVar("Result")

PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
# A peak grows only, so that a process must be looked at only once before it ends.
_LOOK = 0.05


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock on the wall, and of all processors."""

    wall: float
    cpu: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.wall + other.wall, self.cpu + other.cpu)


def spend(
    command: Sequence[str | Path], folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> tuple[Spent, str]:
    """Run a program to its end; returns what it spent and what it wrote. Raises SubjectError where it fails."""
    start = time.perf_counter()
    with _started(command, folder, environment) as (process, said):
        spent = wait(process, start)
        said.seek(0)
        return spent, said.read().decode(errors="replace")


@contextmanager
def _started(
    command: Sequence[str | Path], folder: Path | None, environment: Mapping[str, str] | None
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """A running program, and the file into which it writes; whoever looks waits for it. Raises SubjectError where it fails."""
    words = [str(part) for part in command]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT)
        yield process, said
        if process.returncode:
            said.seek(0)
            text = said.read().decode(errors="replace")[-1500:]
            raise SubjectError(f"{' '.join(words)} ended with {process.returncode} in {folder or Path.cwd()}:\n{text}")


def wait(process: subprocess.Popen[bytes], start: float) -> Spent:
    """Wait for a process; what its children spent counts where it waited for them."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Spent(time.perf_counter() - start, usage.ru_utime + usage.ru_stime)


def so_far(pid: int, start: float) -> Spent:
    """What a running process and all below it spent since `start`; needs /proc."""
    ticks = 0
    for each in _tree(pid):
        # utime, stime, and both of the children that were waited for.
        ticks += sum(int(number) for number in _stat(each)[11:15])
    return Spent(time.perf_counter() - start, ticks / _TICK)


def peaks(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    """The most memory in MiB that a program held, and that any of those held which it started (0: none).

    Raises SubjectError where it fails.
    """
    found: dict[int, float] = {}
    over = threading.Event()
    with _started(command, folder, environment) as (process, _):

        def look() -> None:
            while not over.wait(_LOOK):
                # The last look counts: between fork and exec a process still has the memory of the one that started it.
                found.update((each, _peak(each) or found.get(each, 0.0)) for each in _tree(process.pid))

        thread = threading.Thread(target=look)
        thread.start()
        process.wait()
        over.set()
        thread.join()
    own = found.pop(process.pid, 0.0)
    return own, max(found.values(), default=0.0)


def rounds(once: Callable[[], Result], most: int = 5, seconds: float = 240.0) -> list[Result]:
    """Results of up to `most` rounds; no further one begins that would end after so many seconds."""
    start, found = time.perf_counter(), [once()]
    while len(found) < most and (time.perf_counter() - start) * (len(found) + 1) / len(found) < seconds:
        found.append(once())
    return found


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    below: dict[int, list[int]] = {}
    for path in PROC.iterdir():
        if path.name.isdigit() and (found := _stat(int(path.name))):
            below.setdefault(int(found[1]), []).append(int(path.name))
    tree = [pid]
    for each in tree:
        tree += below.get(each, ())
    return tree


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; empty where the process is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _peak(pid: int) -> float:
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
