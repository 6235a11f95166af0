"""The proof, against a plain migrate of the old files and then one of the new files, each from zero."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench import projects
from tests.bench.figures import Figure, ratio, shown
from tests.bench.spending import Spent, rounds, spend
from tests.bench.watching import Watched, watch
from tests.subjects import Copy, SubjectError, environment

WALL, CPU, REPEATED = 0.5, 0.7, 0.25
BUDGET = 120.0
"""Seconds for all rounds of a project; at least one is done."""
CONSISTS_OF = ("old", "second", "new")
"""The runs that are compared; the others try the new files while seeds are sought."""


@dataclass(frozen=True, slots=True)
class Round:
    old: Spent
    new: Spent
    watched: Watched
    again: Spent
    """The proof of another sitting, which has nothing but the kept runs of the old files."""

    @property
    def stock(self) -> Spent:
        return self.old + self.new

    @property
    def whole(self) -> Spent:
        return self.watched.states["seeds"] + self.watched.states["proof"]

    @property
    def runs(self) -> float:
        """Seconds of the runs that are compared, one after the other."""
        return sum({run.name: run.seconds for run in self.watched.runs if run.name in CONSISTS_OF}.values())

    @property
    def tries(self) -> int:
        """The last one is no try where it was kept as the run that decides."""
        decides = any(run.name == "new" and run.kept for run in self.watched.runs)
        return sum(not run.kept and run.name not in CONSISTS_OF for run in self.watched.runs) - decides


def measure(name: str) -> Sequence[Figure]:
    """What the states seeds and proof cost. Raises SubjectError."""
    found = rounds(lambda: _once(name), seconds=BUDGET)
    stock, whole = [one.stock for one in found], [one.whole for one in found]
    again = [one.again for one in found]
    walls, cpus = [one.wall for one in stock], [one.cpu for one in stock]
    return (
        ratio("seeds + proof / migrate old + new, wall", [one.wall for one in whole], walls, WALL),
        ratio("seeds + proof / migrate old + new, CPU", [one.cpu for one in whole], cpus, CPU),
        ratio("proof, old files unchanged / migrate old + new, wall", [one.wall for one in again], walls, REPEATED),
        ratio("proof, old files unchanged / migrate old + new, CPU", [one.cpu for one in again], cpus),
        ratio("runs old, old again, new, one after the other / migrate old + new", [one.runs for one in found], walls),
        ratio("migrate new / migrate old + new, CPU", [one.new.cpu for one in found], cpus),
        shown("runs that only tried new files", [statistics.median_low(one.tries for one in found)]),
        shown("migrate old, CPU s", [one.old.cpu for one in found]),
        shown("migrate new, CPU s", [one.new.cpu for one in found]),
        shown("seeds, CPU s", [one.watched.states["seeds"].cpu for one in found]),
        shown("proof, CPU s", [one.watched.states["proof"].cpu for one in found]),
        shown("proof, old files unchanged, CPU s", [one.cpu for one in again]),
        shown("rounds", [len(found)]),
    )


def _once(name: str) -> Round:
    old = _migrate(projects.fresh(name, "old"))
    reset = projects.fresh(name, "reset")
    watch(reset, "--until", "seeds")
    # Whoever comes back later has no trial that could decide: the new files are run.
    resumed = watch(reset, "--until", "proof")
    if any(run.name == "new" and run.kept for run in resumed.runs):
        raise SubjectError(f"{name}: the new files were not run in the repeated proof")
    reset = projects.fresh(name, "reset")
    watched = watch(reset)
    return Round(old, _migrate(reset), watched, resumed.states["proof"])


def _migrate(copy: Copy) -> Spent:
    return spend([copy.python, "manage.py", "migrate", "--verbosity", "0"], copy.root, environment())[0]
