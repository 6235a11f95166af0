"""The files without a proof, against one plain makemigrations of the whole project with its old files removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.bench import projects
from tests.bench.figures import Figure, ratio, shown
from tests.bench.spending import Spent, rounds, spend
from tests.bench.watching import Watched, watch
from tests.subjects import Copy, environment

TARGET = 1.5


def measure(name: str) -> Sequence[Figure]:
    """The whole command and its state generate, by the clock and in CPU seconds. Raises SubjectError."""
    found = rounds(lambda: _once(name))
    plain, whole = [one for one, _ in found], [watched.whole for _, watched in found]
    state = [watched.states["generate"] for _, watched in found]
    return (
        *_both("run --until generate / makemigrations", whole, plain),
        *_both("state generate / makemigrations", state, plain),
        shown("makemigrations, CPU s", [one.cpu for one in plain]),
        shown("run --until generate, CPU s", [one.cpu for one in whole]),
        shown("rounds", [len(found)]),
    )


def makemigrations(copy: Copy) -> list[str | Path]:
    """The command line of a plain makemigrations."""
    return [copy.python, "manage.py", "makemigrations", "--verbosity", "0"]


def _once(name: str) -> tuple[Spent, Watched]:
    plain = projects.without_migrations(name, "plain")
    spent, _ = spend(makemigrations(plain), plain.root, environment())
    return spent, watch(projects.fresh(name, "generated"), "--until", "generate")


def _both(what: str, ours: Sequence[Spent], theirs: Sequence[Spent]) -> tuple[Figure, Figure]:
    return (
        ratio(f"{what}, wall", [one.wall for one in ours], [one.wall for one in theirs], TARGET),
        ratio(f"{what}, CPU", [one.cpu for one in ours], [one.cpu for one in theirs], TARGET),
    )
