"""A run of migwizard, and what each of its states spent, as its events tell."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass, field
from typing import Any

from tests.bench.spending import Spent, so_far, wait
from tests.subjects import Copy, SubjectError, environment


@dataclass(frozen=True, slots=True)
class Run:
    """One history that was run from zero inside of a state."""

    state: str
    name: str
    seconds: float
    kept: bool
    """Its result was there already; the seconds are those of then."""


@dataclass(slots=True)
class Watched:
    """What a whole command spent, and its states."""

    whole: Spent = field(default_factory=lambda: Spent(0.0, 0.0))
    states: dict[str, Spent] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)


def watch(copy: Copy, *arguments: str) -> Watched:
    """Run `migwizard run --yes` with the arguments. Raises SubjectError where it fails."""
    command = [str(part) for part in copy.migwizard_command("run", "--yes", "--json", *arguments)]
    found, begun, last = Watched(), {}, b""
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=copy.root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        for last in process.stdout:
            data: dict[str, Any] = json.loads(last)
            kind, state = data.get("event"), data.get("state") or ""
            if kind == "begin":
                begun[state] = so_far(process.pid, start)
            elif kind == "end" and state in begun:
                now, then = so_far(process.pid, start), begun[state]
                found.states[state] = Spent(now.wall - then.wall, now.cpu - then.cpu)
            elif kind == "run":
                more = data["data"]
                found.runs.append(Run(state, more["run"], more["seconds"], more["kept"]))
        found.whole = wait(process, start)
    if process.returncode:
        said = last.decode(errors="replace")[:1500]
        raise SubjectError(f"{copy.name}: migwizard run ended with {process.returncode} in {copy.root}: {said}")
    return found
