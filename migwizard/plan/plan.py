"""A plan: all new schema migrations, and what was decided to come to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from migwizard.plan.operations import Node


@dataclass(frozen=True, slots=True)
class Deferred:
    """What the literal makemigrations of a level would write and the batch does not: a part of a model, or a whole one."""

    operations: tuple[str, ...]
    """One, or a CreateModel with all that returns in the same file."""
    label: str
    parts: tuple[str, ...]
    waits_for: tuple[str, ...]
    """Apps, third parties among them, that lack something it needs at that level."""
    returns_in: str
    """File in which it comes back, as "app/name"."""
    returns_at: int
    """Batch level of that file."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One new migration."""

    app: str
    name: str
    level: int
    units: tuple[tuple[str, ...], ...]
    """Operations in their order; those of one unit become one: a model with all that can be in its CreateModel."""
    dependencies: tuple[Node, ...]
    deferred: tuple[Deferred, ...] = ()
    run_before: tuple[Node, ...] = ()
    """Third-party migrations that point at models of this batch without depending on them."""
    stands_for: tuple[Node, ...] = ()
    """Old migrations that others name, so that this one has to replace them."""

    @property
    def operations(self) -> tuple[str, ...]:
        return tuple(key for unit in self.units for key in unit)


@dataclass(frozen=True, slots=True)
class Order:
    """One way through a cycle of apps, and what it costs."""

    apps: tuple[str, ...]
    """In the order of their first files."""
    files: int
    parted: int
    """Relations that come in a later file than their model."""
    deferred: tuple[Deferred, ...]
    recommended: bool
    chosen: bool


@dataclass(frozen=True)
class Cycle:
    """Apps that need each other, and the orders in which they can come."""

    apps: tuple[str, ...]
    """Sorted."""
    find: Callable[[], tuple[Order, ...]] = field(repr=False, compare=False)
    complete: bool
    """Whether no order at all needs fewer files than the recommended one."""

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """The recommended one first; found when somebody looks at them."""
        return self.find()


@dataclass(frozen=True, slots=True)
class Plan:
    """All new schema migrations in an order in which they can be applied."""

    batches: tuple[Batch, ...]
    components: tuple[tuple[str, ...], ...]
    """Cycles between apps: strongly connected components of more than one app."""
    cycles: tuple[Cycle, ...] = ()
    """The same ones, sorted, with the orders in which each can be gone through."""
    rendered: int = 0
    """Model classes that a migrate from zero renders for these files, by prediction; those for other apps come on top."""

    @property
    def levels(self) -> tuple[tuple[Batch, ...], ...]:
        """Batches by batch level: one makemigrations a level."""
        count = 1 + max((batch.level for batch in self.batches), default=-1)
        return tuple(tuple(batch for batch in self.batches if batch.level == level) for level in range(count))

    @property
    def deferred(self) -> tuple[Deferred, ...]:
        """What waits for a later file, each once."""
        return each_once(self.batches)


def first_nodes(batches: Iterable[Batch]) -> dict[str, Node]:
    """The first new migration of each app, in the order in which they come."""
    firsts: dict[str, Node] = {}
    for batch in batches:
        firsts.setdefault(batch.app, (batch.app, batch.name))
    return firsts


def each_once(batches: Iterable[Batch]) -> tuple[Deferred, ...]:
    """What waits in any of the batches, as it stands in the last one that leaves it."""
    found = {item.operations[0]: item for batch in batches for item in batch.deferred}
    return tuple(found[key] for key in sorted(found))
