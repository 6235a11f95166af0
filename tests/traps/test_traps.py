"""Every trap: what becomes of it without us, and with us; docs/traps.md says just that."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import django
import pytest
from _pytest.mark.structures import ParameterSet

from tests.postgresql.server import needs_postgresql
from tests.traps import table, trying
from tests.traps.trap import Trap, grouped, registered
from tests.traps.trying import Reset

ROWS = table.cells(table.PAGE.read_text(encoding="utf-8"))
Resets = Callable[[tuple[Trap, ...]], Reset]


def together(trap: Trap) -> tuple[Trap, ...]:
    """The traps that are tried in one project with this one."""
    return next((traps for traps in grouped(django.VERSION) if trap in traps), (trap,))


@pytest.fixture(scope="session")
def resets(tmp_path_factory: pytest.TempPathFactory) -> Resets:
    """The whole reset of a project that holds these traps, once."""

    @cache
    def of(traps: tuple[Trap, ...]) -> Reset:
        return trying.reset(traps, tmp_path_factory.mktemp("traps"))

    return of


def needs(trap: Trap) -> pytest.MarkDecorator:
    version = "{}.{}".format(*trap.since)
    return pytest.mark.skipif(
        not trap.expressible(django.VERSION), reason=f"only Django {version} and later can express {trap.number}"
    )


def test_the_page_has_a_row_for_every_trap() -> None:
    titles = [(trap.number, trap.title) for trap in registered() if trap.expressible(django.VERSION)]
    assert [(number, row[2]) for number, row in ROWS.items()] == titles, "run: make traps"
    assert len({trap.number for trap in registered()}) == len(registered())


@pytest.mark.parametrize("trap", [pytest.param(trap, id=trap.number, marks=needs(trap)) for trap in registered()])
def test_django_alone(trap: Trap, tmp_path: Path) -> None:
    assert trying.alone(trap, tmp_path) == ROWS[trap.number][3].partition(table.ON_POSTGRESQL)[0]


@needs_postgresql
@pytest.mark.parametrize("trap", [pytest.param(trap, id=trap.number) for trap in registered() if trap.postgresql])
def test_django_alone_on_postgresql(trap: Trap, tmp_path: Path) -> None:
    assert trying.on_postgresql(trap, tmp_path) == ROWS[trap.number][3].partition(table.ON_POSTGRESQL)[2]


def of_wizard(trap: Trap) -> ParameterSet:
    """A trap as a parameter: those of one project run in one worker, and what is broken is expected to fail."""
    marks: list[pytest.MarkDecorator] = [needs(trap), pytest.mark.ride]
    if len(together(trap)) > 1:
        marks.append(pytest.mark.xdist_group(f"traps-{trap.group}"))
    if trap.broken:
        marks.append(pytest.mark.xfail(strict=True, reason=trap.broken, raises=AssertionError))
    return pytest.param(trap, id=trap.number, marks=marks)


@pytest.mark.parametrize("trap", [of_wizard(trap) for trap in registered()])
def test_the_wizard(trap: Trap, resets: Resets) -> None:
    reset = resets(together(trap))
    reset.check(stops=trap.stops)
    cell = trap.wizard(reset)
    assert trap.broken or cell == ROWS[trap.number][4]
