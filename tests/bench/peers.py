"""Other tools on the demo: what their run costs, and what a migrate from zero with their files costs afterwards."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence

from tests.bench.figures import Figure, Kind
from tests.bench.files import Migrated, migrate
from tests.bench.spending import Spent
from tests.peers.tools import TOOLS
from tests.peers.trial import FOLDER, Trial
from tests.subjects import SubjectError

PLAIN = "rm + makemigrations"
"""The tool beside which all others stand: what everybody can do without any."""


def measure(_: str) -> Sequence[Figure]:
    """Each tool that comes to its end, ours among them, once; the others are left out. Raises SubjectError where none does."""
    found = {tool.name: done for tool in TOOLS if (done := _once(Trial(tool))) is not None}
    if PLAIN not in found:
        raise SubjectError(f"{PLAIN} did not come to its end; what it said is in {FOLDER}")
    spent, migrated = found.pop(PLAIN)
    return tuple(figure for name, done in found.items() for figure in _ratios(name, done, (spent, migrated)))


def _once(trial: Trial) -> tuple[Spent, Migrated] | None:
    """What the tool's run spent, and the migrate with its files; None where one of both does not come to its end."""
    try:
        copy = trial.ready()
        start, before = time.perf_counter(), _children()
        if trial.run(copy):
            return None
        spent = Spent(time.perf_counter() - start, _children() - before)
        return spent, migrate(copy)
    except SubjectError:
        return None


def _children() -> float:
    """CPU seconds of all processes that this one started and that ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _ratios(name: str, done: tuple[Spent, Migrated], plain: tuple[Spent, Migrated]) -> Iterator[Figure]:
    (spent, migrated), (plain_spent, plain_migrated) = done, plain
    yield Figure(f"{name} / {PLAIN}, its run, CPU", spent.cpu / plain_spent.cpu)
    yield Figure(f"{name} / {PLAIN}, migrate, classes", migrated.rendered / plain_migrated.rendered, kind=Kind.COUNTED)
    yield Figure(f"{name} / {PLAIN}, migrate, CPU", migrated.spent.cpu / plain_migrated.spent.cpu)
