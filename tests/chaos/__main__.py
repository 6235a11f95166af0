"""Kills everywhere: `python -m tests.chaos`, or `make chaos`; docs/chaos.md says what is tried and what came of it.

Prints a line per kill and a page of figures at the end; ends with 1 where a kill cost anything. What a failed kill left stays
in build/chaos/NUMBER.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import forked
from tests.chaos.judge import Judge, Leg, Result
from tests.chaos.killer import Order
from tests.chaos.orders import anytime, chosen, kind_of
from tests.chaos.page import page
from tests.chaos.project import RUN, TINY, UNDO, Start, prepare
from tests.fuzz.zygote import HASH_SEEDS, Zygote, install
from tests.subjects import BUILD, DEMO, present

FOLDER = BUILD / "chaos"
_MEMORY = Path("/dev/shm")
PLACE = _MEMORY / f"chaos-{os.getpid()}" if os.access(_MEMORY, os.W_OK) else FOLDER / "projects"
"""Where the projects lie: in memory where that can be, since a reset writes each of its files through to the disk."""
MOMENTS = {
    "proved": ("before", (*RUN, "--until", "proof")),
    "applied": ("proved", (*RUN, "--until", "apply")),
    "finished": ("proved", RUN),
}
"""From what each moment is made, and how."""
LEGS = (
    Leg("ride to the proof", "before", (*RUN, "--until", "proof"), "finished", resume=RUN),
    Leg("swap and switch", "proved", RUN, "finished"),
    Leg("undo of everything", "finished", UNDO, "before"),
    Leg("undo of the files", "applied", UNDO, "before"),
    Leg("undo before the swap", "proved", UNDO, "before"),
)
SHARES = (10, 10, 8, 3, 1)
"""How many of the kills each leg gets."""
OFTEN = {"twice": 6, "undone": 5}
"""Each so manieth kill is followed by another one, or by an undo of everything."""


@dataclass(frozen=True, slots=True)
class Task:
    """One kill that is to be tried."""

    number: int
    project: str
    leg: Leg
    order: Order
    second: Order | None
    undo: bool


_starts: dict[str, Start] = {}


def tasks(project: str, start: Start, kills: int, seed: int, first: int) -> tuple[list[Task], dict[str, int]]:
    """The kills for one project, and how many points of each kind its legs have."""
    found: list[Task] = []
    met: dict[str, int] = {}
    for leg, share in zip(LEGS, SHARES, strict=True):
        if (leg.origin, leg.command) not in start.traces:
            start.run(leg.origin, leg.command, PLACE / "traced" / project / leg.name)
        points = start.traces[leg.origin, leg.command]
        for point in points:
            met[point["kind"]] = met.get(point["kind"], 0) + 1
        chance = random.Random(f"{seed} {project} {leg.name}")
        for order in chosen(points, max(1, kills * share // sum(SHARES)), f"{seed} {project} {leg.name} orders"):
            number = first + len(found)
            second = anytime(points, chance) if number % OFTEN["twice"] == 0 else None
            found.append(Task(number, project, leg, order, second, number % OFTEN["undone"] == 0))
    return found, met


def _start() -> None:
    install({seed: Zygote(seed) for seed in HASH_SEEDS})


def _one(task: Task) -> tuple[Task, Result]:
    folder, began = PLACE / f"victim-{os.getpid()}" / str(task.number), time.perf_counter()
    try:
        result = Judge(_starts[task.project], folder).judge(task.leg, task.order, task.second, undo=task.undo)
    except Exception as error:
        result = Result(task.leg.name, task.order, failures=[f"{type(error).__name__}: {error}"])
    result.seconds = time.perf_counter() - began
    if result.failures:
        shutil.rmtree(FOLDER / str(task.number), ignore_errors=True)
        shutil.copytree(folder, FOLDER / str(task.number), symlinks=True, dirs_exist_ok=True)
    # What was killed alone may still have its last breath to write there.
    shutil.rmtree(folder, ignore_errors=True)
    return task, result


def run(wanted: Sequence[Task], jobs: int) -> Iterator[tuple[Task, Result]]:
    """The result of every kill, as each is done."""
    with multiprocessing.get_context("fork").Pool(jobs, _start) as pool:
        yield from pool.imap_unordered(_one, wanted)


def main(arguments: Sequence[str]) -> int:
    """Try the kills that are asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--kills", type=int, default=480, help="on the small project (default: %(default)s)")
    parser.add_argument("--demo", type=int, default=45, help="on the demo (default: %(default)s)")
    parser.add_argument("--subject", default="oscar", help="a public product (default: %(default)s)")
    parser.add_argument("--on-subject", type=int, default=12, help="kills on it (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="for the kills that are drawn (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="how many side by side (default: %(default)s)")
    parser.add_argument("--minutes", type=float, help="end after so long, with what was done till then")
    parser.add_argument("--only", type=int, nargs="*", help="the numbers of some kills, to try them again")
    parser.add_argument("--page", type=Path, help="also write the figures into this page")
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    forked.prepare()
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted: list[Task] = []
    met: dict[str, dict[str, int]] = {}
    for project, kills in ((TINY, options.kills), (DEMO, options.demo), (options.subject, options.on_subject)):
        if kills and project != TINY and not present(project):
            print(f"{project}: skipped, since MIGWIZARD_SUBJECTS names no folder that has it")
        if not kills or (project != TINY and not present(project)):
            continue
        print(f"{project}: making what the kills start from", flush=True)
        _starts[project] = prepare(project, PLACE / project, MOMENTS)
        found, met[project] = tasks(project, _starts[project], kills, options.seed, len(wanted) + 1)
        wanted += found
    if options.only is not None:
        wanted = [task for task in wanted if task.number in options.only]
    # Whoever ends it early has tried some of everything.
    random.Random(options.seed).shuffle(wanted)
    results = []
    for task, result in run(wanted, options.jobs):
        results.append((task.project, result))
        print(_line(task, result), flush=True)
        if options.minutes and time.perf_counter() - began > options.minutes * 60:
            break
    shutil.rmtree(PLACE, ignore_errors=True)
    command = " ".join(["python -m tests.chaos", *arguments])
    text = page(results, met, f"`{command}` (Python {platform.python_version()})", time.perf_counter() - began)
    print(f"\n{text}")
    if options.page:
        options.page.write_text(text, encoding="utf-8")
    return 1 if any(result.failures for _, result in results) else 0


def _line(task: Task, result: Result) -> str:
    what = f"{kind_of(task.order)} {task.order.kind} {task.order.number}"
    met = f"{result.phase}: {result.state}" if result.state else "not met"
    said = "; ".join(result.failures) or "ok"
    return f"{task.number:>4} {task.project:6} {task.leg.name:20} {what:42} {met:32} {result.seconds:5.1f} s  {said}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
