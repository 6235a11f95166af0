"""Pack operations into batches: one batch is one migration of one app.

Model levels explain, but they schedule badly: makemigrations works on apps. So apps are ordered by the strongly
connected components of what their operations need; a batch takes everything of its app that is possible at that
moment, and only inside a cycle of apps something has to wait for a second batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migwizard.plan.naming import batch_name
from migwizard.plan.operations import External, Operation

if TYPE_CHECKING:
    import networkx as nx


class PlanError(Exception):
    """The operations cannot be ordered; the sentence names those that wait for each other."""


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
class Plan:
    """All new schema migrations in an order in which they can be applied."""

    batches: tuple[Batch, ...]
    components: tuple[tuple[str, ...], ...]
    """Cycles between apps: strongly connected components of more than one app."""

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
) -> Plan:
    """Order the operations. `swappable_targets` are models ("app.model") that must be in their app's first batch.

    Raises PlanError where operations wait for each other in a circle that no cut between files can open.
    """
    import networkx as nx

    packer = _Packer(operations, externals, swappable_targets)
    graph = packer.app_graph()
    condensed = nx.condensation(graph)
    order = list(
        nx.lexicographical_topological_sort(condensed.reverse(), key=lambda n: min(condensed.nodes[n]["members"]))
    )
    cycles = []
    for node in order:
        members = sorted(condensed.nodes[node]["members"])
        packer.pack(members)
        if len(members) > 1:
            cycles.append(tuple(members))
    return Plan(_named(packer, externals, tag), tuple(cycles))


class _Packer:
    """What has been packed so far, and what can be packed next."""

    def __init__(
        self, operations: Sequence[Operation], externals: Mapping[str, External], swappable_targets: Collection[str]
    ) -> None:
        self.by_id = {operation.id: operation for operation in operations}
        self.externals = externals
        self.remaining: dict[str, list[Operation]] = {}
        for operation in operations:
            self.remaining.setdefault(operation.app, []).append(operation)
        self.targets = {
            operation.id
            for operation in operations
            if operation.kind == "CreateModel" and f"{operation.app}.{operation.model}".lower() in swappable_targets
        }
        self.emitted: set[str] = set()
        self.batches: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
        """(app, operations, operations of the app that wait)."""

    def waits_first(self, operation: Operation) -> frozenset[str]:
        """Project apps that must have a first batch, since a third-party app that is pointed to waits for them."""
        waits: frozenset[str] = frozenset()
        for label in operation.external:
            if label in self.externals:
                waits |= self.externals[label].waits_first
        return waits & self.remaining.keys()

    def app_graph(self) -> nx.DiGraph[str]:
        import networkx as nx

        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(sorted(self.remaining))
        for operation in self.by_id.values():
            others = {self.by_id[need].app for need in operation.needs} | self.waits_first(operation)
            graph.add_edges_from((operation.app, other) for other in sorted(others - {operation.app}))
        return graph

    def started(self) -> set[str]:
        return {app for app, _, _ in self.batches}

    def available(self, app: str) -> list[Operation]:
        """Everything of the app that can come now, in the autodetector's order."""
        started = self.started()
        possible = [op for op in self.remaining[app] if self.waits_first(op) <= started]
        taken: dict[str, Operation] = {}
        while True:
            more = [op for op in possible if op.id not in taken and op.needs <= self.emitted | taken.keys()]
            if not more:
                return [op for op in possible if op.id in taken]
            taken.update((op.id, op) for op in more)

    def blocked(self, app: str) -> int:
        """Weight of what would have to wait if the app came now."""
        available = {op.id for op in self.available(app)}
        return sum(op.weight for op in self.remaining[app] if op.id not in available)

    def may_start(self, app: str) -> bool:
        """A swappable model is found through its app's first migration, so that must hold it."""
        available = {op.id for op in self.available(app)}
        missing = [op for op in self.remaining[app] if op.id in self.targets and op.id not in available]
        return bool(available) and not missing

    def emit(self, app: str) -> None:
        taken = self.available(app)
        ids = {op.id for op in taken}
        self.remaining[app] = [op for op in self.remaining[app] if op.id not in ids]
        self.emitted |= ids
        self.batches.append((app, _sorted(taken), tuple(op.id for op in self.remaining[app])))

    def pack(self, apps: Iterable[str]) -> None:
        """Emit all of the apps of one component: first batches by what they block, then what can be completed."""
        waiting = set(apps)
        while waiting:
            ready = [app for app in waiting if self.may_start(app)]
            if ready:
                chosen = min(ready, key=lambda app: (self.blocked(app), app))
                waiting.discard(chosen)
                self.emit(chosen)
                continue
            if not self._second(apps):
                raise PlanError(self._circle(apps))
        while any(self.remaining[app] for app in apps):
            if not self._second(apps):
                raise PlanError(self._circle(apps))

    def missing(self, key: str, emitted: Collection[str], begun: Collection[str]) -> set[str]:
        """The apps that an operation waits for after `emitted`, directly or through others of its own app.

        A third party counts where it waits for an app that had not `begun`.
        """
        operation = self.by_id[key]
        unmet = [self.by_id[need] for need in operation.needs if need not in emitted]
        found = {op.app for op in unmet if op.app != operation.app}
        found |= {
            label
            for label in operation.external & self.externals.keys()
            if not self.externals[label].waits_first & self.remaining.keys() <= set(begun)
        }
        return found.union(*(self.missing(op.id, emitted, begun) for op in unmet if op.app == operation.app))

    def _second(self, apps: Iterable[str]) -> bool:
        """A further batch of an app that has begun, best one that completes it; whether there was one."""
        ready = [app for app in apps if app in self.started() and self.available(app)]
        if not ready:
            return False
        self.emit(min(ready, key=lambda app: (self.blocked(app) > 0, -len(self.available(app)), app)))
        return True

    def _circle(self, apps: Iterable[str]) -> str:
        """The operations that wait for each other, or else all that cannot come."""
        import networkx as nx

        stuck = {op.id: op for app in apps for op in self.remaining[app]}
        graph: nx.DiGraph[str] = nx.DiGraph((op.id, need) for op in stuck.values() for need in op.needs & stuck.keys())
        circles = [circle for circle in nx.strongly_connected_components(graph) if len(circle) > 1]
        named = ", ".join(sorted({stuck[key].label for key in set().union(*circles) or stuck})[:6])
        return f"These wait for each other, and no cut between files can part them: {named}."


def _sorted(operations: Sequence[Operation]) -> tuple[str, ...]:
    """Topological order by needs; among the free ones the autodetector's order."""
    inside = {op.id for op in operations}
    done: dict[str, None] = {}
    waiting = list(operations)
    while waiting:
        ready = [op for op in waiting if (op.needs & inside) <= done.keys()]
        done.update(dict.fromkeys(op.id for op in ready))
        waiting = [op for op in waiting if op.id not in done]
    return tuple(done)


def _named(packer: _Packer, externals: Mapping[str, External], tag: str) -> tuple[Batch, ...]:
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


def _with_deferred(packer: _Packer, batches: Sequence[Batch], home: Mapping[str, Batch]) -> Iterator[Batch]:
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


def _waited_for(members: Sequence[Operation], packer: _Packer) -> set[str]:
    """Apps whose first batch must come before, since a third party between waits for it."""
    return {app for op in members for app in packer.waits_first(op)}


def _needed_batches(members: Sequence[Operation], packer: _Packer, home: Mapping[str, Batch]) -> dict[str, Batch]:
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


def _deferred(packer: _Packer, key: str, back: Batch, missing: Collection[str]) -> Deferred:
    operation = packer.by_id[key]
    return Deferred(
        operation=key,
        label=operation.label,
        parts=operation.parts,
        waits_for=tuple(sorted(missing)),
        returns_in=f"{back.app}/{back.name}",
        returns_at=back.level,
    )
