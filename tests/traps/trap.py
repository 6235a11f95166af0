"""What a trap is: a small project on which Django's own commands, or a plain recipe, go wrong."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.traps.trying import Alone, Reset


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trap:
    """One trap. `alone` and `wizard` each check what becomes of the project, and say it: the cells of the table."""

    number: str
    """T1 to T30, H1 to H6 (hazards of Django), F1, ..."""
    title: str
    files: Mapping[str, str | bytes]
    """The project with its old history; labels of apps begin with the number, so that projects can be put together."""
    alone: Callable[[Alone], str]
    """Try Django's own commands or the plain recipe on a copy; raise AssertionError where it goes right after all."""
    wizard: Callable[[Reset], str]
    """Look at a project after the whole reset."""
    postgresql: Callable[[Alone], str] | None = None
    """What PostgreSQL makes of Django alone, where it says more than SQLite; ends the same cell."""
    since: tuple[int, int] = (3, 2)
    """The oldest Django that can express it."""
    apps: tuple[str, ...] = ()
    """Apps of Django that the project installs."""
    settings: str = ""
    rows: tuple[str, ...] = ()
    """SQL that gives the migrated database rows of its own."""
    prepare: tuple[tuple[str, ...], ...] = (("migrate", "-v0"),)
    """Management commands that bring the old database where it is."""
    group: str = "shapes"
    """Projects of a group can be one project; one with an empty group is always alone."""
    stops: bool = False
    """Whether the wizard must refuse, before it has written anything."""
    broken: str = ""
    """Why the wizard fails today; its test is expected to fail."""
    more: tuple[str, ...] = field(default=())
    """Further arguments of `migwizard run`."""

    @property
    def sort_key(self) -> tuple[int, int]:
        return ("THF".index(self.number[0]), int(self.number[1:]))

    def expressible(self, django: Sequence[int]) -> bool:
        """Whether this Django has what the trap needs."""
        return self.since <= tuple(django[:2])


@cache
def registered() -> tuple[Trap, ...]:
    """All traps, in the order of their numbers."""
    from tests.traps import projects

    modules = [
        importlib.import_module(f"{projects.__name__}.{item.name}") for item in pkgutil.iter_modules(projects.__path__)
    ]
    return tuple(sorted((module.TRAP for module in modules), key=lambda trap: trap.sort_key))


def grouped(django: Sequence[int]) -> list[tuple[Trap, ...]]:
    """All traps that this Django can express; those that do not blur each other in one project."""
    found: dict[str, list[Trap]] = {}
    for trap in registered():
        if trap.expressible(django):
            alone = not trap.group or trap.broken or trap.stops
            found.setdefault(trap.number if alone else trap.group, []).append(trap)
    return [tuple(traps) for traps in found.values()]
