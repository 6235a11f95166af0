"""Pack operations into batches: one batch is one migration of one app.

Model levels explain, but they schedule badly: makemigrations works on apps. So apps are ordered by the strongly
connected components of what their operations need; a batch takes everything of its app that is possible at that
moment, and only inside a cycle of apps something has to wait for a second batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from migwizard.plan.naming import batch_name
from migwizard.plan.operations import External, Operation
from migwizard.plan.packing import OrderError, Packer, PlanError
from migwizard.plan.ways import Search, Way, find_ways, go

__all__ = ["Batch", "Cycle", "Deferred", "Order", "OrderError", "Plan", "PlanError", "schedule"]


@dataclass(frozen=True, slots=True)
class Deferred:
    """An operation that the literal makemigrations of a level would write and the batch does not."""

    operation: str
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
    operations: tuple[str, ...]
    dependencies: tuple[tuple[str, str], ...]
    deferred: tuple[Deferred, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """One way through a cycle of apps, and what it costs."""

    apps: tuple[str, ...]
    """In the order of their first files."""
    files: int
    deferred: tuple[Deferred, ...]
    recommended: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Cycle:
    """Apps that need each other, and the orders in which they can come."""

    apps: tuple[str, ...]
    """Sorted."""
    orders: tuple[Order, ...]
    """The recommended one first."""
    complete: bool
    """Whether every order was tried: then no other one has less that waits."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All new schema migrations in an order in which they can be applied."""

    batches: tuple[Batch, ...]
    components: tuple[tuple[str, ...], ...]
    """Cycles between apps: strongly connected components of more than one app."""
    cycles: tuple[Cycle, ...] = ()
    """The same ones, sorted, with the orders in which each can be gone through."""

    @property
    def levels(self) -> tuple[tuple[Batch, ...], ...]:
        """Batches by batch level: one makemigrations a level."""
        count = 1 + max((batch.level for batch in self.batches), default=-1)
        return tuple(tuple(batch for batch in self.batches if batch.level == level) for level in range(count))

    @property
    def deferred(self) -> tuple[Deferred, ...]:
        """What waits for a later file, each once."""
        found = {item.operation: item for batch in self.batches for item in batch.deferred}
        return tuple(found[key] for key in sorted(found))


def schedule(
    operations: Sequence[Operation],
    externals: Mapping[str, External],
    swappable_targets: Collection[str] = (),
    tag: str = "reset",
    order: Sequence[str] = (),
) -> Plan:
    """Order the operations. `swappable_targets` are models ("app.model") that must be in their app's first batch.

    Inside a cycle of apps, those in `order` have their first files in that order; the others follow as it costs least.
    Raises PlanError where operations wait for each other in a circle that no cut between files can open, OrderError
    where `order` asks for an app before what it needs.
    """
    import networkx as nx

    packer = Packer(operations, externals, swappable_targets)
    graph = packer.app_graph()
    condensed = nx.condensation(graph)
    sequence = list(
        nx.lexicographical_topological_sort(condensed.reverse(), key=lambda n: min(condensed.nodes[n]["members"]))
    )
    components: list[tuple[str, ...]] = []
    cycles: list[Cycle] = []
    for node in sequence:
        members = sorted(condensed.nodes[node]["members"])
        if len(members) == 1:
            packer.pack(members)
            continue
        search = find_ways(packer, members)
        stated = [app for app in order if app in members]
        chosen = go(packer, members, stated) if stated else search.ways[0]
        components.append(tuple(members))
        cycles.append(_cycle(members, search, chosen, tag))
        packer = chosen.packer
    return Plan(_named(packer, externals, tag), tuple(components), tuple(sorted(cycles, key=lambda c: c.apps)))


def _cycle(members: Sequence[str], search: Search, chosen: Way, tag: str) -> Cycle:
    """The orders to choose from, a stated one among them although nobody would have offered it."""
    ways = list(search.ways)
    if chosen.apps not in [way.apps for way in ways]:
        ways.append(chosen)
    orders = [
        Order(
            way.apps,
            way.files,
            _returning(way, tag),
            recommended=way is search.ways[0],
            chosen=way.apps == chosen.apps,
        )
        for way in ways
    ]
    return Cycle(tuple(members), tuple(orders), search.complete)


def _returning(way: Way, tag: str) -> tuple[Deferred, ...]:
    """What waits on this way, with the file in which it would return."""
    batches = _named(way.packer, way.packer.externals, tag)
    found = {item.operation: item for batch in batches for item in batch.deferred}
    return tuple(found[key] for key in sorted(way.waiting))


def _named(packer: Packer, externals: Mapping[str, External], tag: str) -> tuple[Batch, ...]:
    """Give batches their names, dependencies and levels, and tell where each deferred operation returns."""
    home: dict[str, Batch] = {}
    counts: dict[str, int] = {}
    first: dict[str, Batch] = {}
    last: dict[str, Batch] = {}
    batches: list[Batch] = []
    for app, ids, _ in packer.batches:
        counts[app] = counts.get(app, 0) + 1
        members = [packer.by_id[key] for key in ids]
        targets = {packer.by_id[need].app for op in members for need in op.needs} | {
            label for op in members for label in op.external
        }
        name = batch_name(counts[app], tag, targets - {app})
        needed = _needed_batches(members, packer, home)
        if app in last:
            needed[app] = last[app]
        before = [*_all_needed(members, home, last.get(app)), *(first[other] for other in _waited_for(members, packer))]
        level = 1 + max((batch.level for batch in before), default=-1)
        batch = Batch(app, name, level, ids, _dependencies(members, needed, externals))
        home.update(dict.fromkeys(ids, batch))
        first.setdefault(app, batch)
        last[app] = batch
        batches.append(batch)
    return tuple(_with_deferred(packer, batches, home))


def _with_deferred(packer: Packer, batches: Sequence[Batch], home: Mapping[str, Batch]) -> Iterator[Batch]:
    """The batches, each with what it leaves for later ones."""
    emitted: set[str] = set()
    begun: set[str] = set()
    for batch, (_, ids, waiting) in zip(batches, packer.batches, strict=True):
        emitted.update(ids)
        missing = {key: packer.missing(key, emitted, begun) for key in waiting}
        yield replace(batch, deferred=tuple(_deferred(packer, key, home[key], missing[key]) for key in waiting))
        begun.add(batch.app)


def _all_needed(members: Sequence[Operation], home: Mapping[str, Batch], previous: Batch | None) -> list[Batch]:
    inside = {op.id for op in members}
    needed = [home[need] for op in members for need in op.needs if need not in inside]
    return [*needed, previous] if previous else needed


def _waited_for(members: Sequence[Operation], packer: Packer) -> set[str]:
    """Apps whose first batch must come before, since a third party between waits for it."""
    return {app for op in members for app in packer.waits_first(op)}


def _needed_batches(members: Sequence[Operation], packer: Packer, home: Mapping[str, Batch]) -> dict[str, Batch]:
    """The newest batch needed of each other app; what a swappable dependency says already is left out."""
    needed: dict[str, Batch] = {}
    for op in members:
        swapped = {label for _, label in op.swappable}
        for need in op.needs:
            other = packer.by_id[need]
            if other.app == op.app or (other.app in swapped and need in packer.targets):
                continue
            batch = home[need]
            if other.app not in needed or batch.name > needed[other.app].name:
                needed[other.app] = batch
    return needed


def _dependencies(
    members: Sequence[Operation], needed: Mapping[str, Batch], externals: Mapping[str, External]
) -> tuple[tuple[str, str], ...]:
    app = members[0].app
    found = {(batch.app, batch.name) for batch in needed.values()}
    for op in members:
        found |= {("__setting__", setting) for setting, label in op.swappable if label != app}
        for label in op.external:
            leaf = externals[label].leaf if label in externals else None
            found.add((label, leaf or "__first__"))
    return tuple(sorted(found))


def _deferred(packer: Packer, key: str, back: Batch, missing: Collection[str]) -> Deferred:
    operation = packer.by_id[key]
    return Deferred(
        operation=key,
        label=operation.label,
        parts=operation.parts,
        waits_for=tuple(sorted(missing)),
        returns_in=f"{back.app}/{back.name}",
        returns_at=back.level,
    )
