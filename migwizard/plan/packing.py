"""Packing operations into batches: what has come so far, and what can come next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from migwizard.plan.operations import External, Operation

if TYPE_CHECKING:
    import networkx as nx


class PlanError(Exception):
    """The operations cannot be ordered; the sentence names those that wait for each other."""


class OrderError(PlanError):
    """An order that a person stated cannot be followed; the sentence names the app and what it has to wait for."""


class Packer:
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
        self.begun: set[str] = set()
        self.batches: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
        """(app, operations, operations of the app that wait)."""
        self._waits = {op.id: self._waits_first(op) for op in operations if op.external}
        self._needed_by: dict[str, set[str]] = {}
        """Apps in which something may become possible when an app has had a batch."""
        for operation in operations:
            for other in {self.by_id[need].app for need in operation.needs} | self.waits_first(operation):
                self._needed_by.setdefault(other, set()).add(operation.app)
        self._available: dict[str, list[Operation]] = {}

    def branch(self) -> Packer:
        """A second packer in the same state, which goes its own way from here."""
        other = object.__new__(Packer)
        other.by_id, other.externals, other.targets = self.by_id, self.externals, self.targets
        other.remaining = dict(self.remaining)
        other.emitted, other.begun, other.batches = set(self.emitted), set(self.begun), list(self.batches)
        other._waits, other._needed_by = self._waits, self._needed_by
        other._available = dict(self._available)
        return other

    def _waits_first(self, operation: Operation) -> frozenset[str]:
        waits: frozenset[str] = frozenset()
        for label in operation.external:
            if label in self.externals:
                waits |= self.externals[label].waits_first
        return waits & self.remaining.keys()

    def waits_first(self, operation: Operation) -> frozenset[str]:
        """Project apps that must have a first batch, since a third-party app that is pointed to waits for them."""
        return self._waits.get(operation.id, frozenset())

    def app_graph(self) -> nx.DiGraph[str]:
        import networkx as nx

        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(sorted(self.remaining))
        for operation in self.by_id.values():
            others = {self.by_id[need].app for need in operation.needs} | self.waits_first(operation)
            graph.add_edges_from((operation.app, other) for other in sorted(others - {operation.app}))
        return graph

    def available(self, app: str) -> list[Operation]:
        """Everything of the app that can come now, in the autodetector's order."""
        if app not in self._available:
            self._available[app] = self._possible(app)
        return self._available[app]

    def _possible(self, app: str) -> list[Operation]:
        possible = [op for op in self.remaining[app] if self.waits_first(op) <= self.begun]
        taken: set[str] = set()
        while True:
            found = len(taken)
            for op in possible:
                if op.id not in taken and all(need in taken or need in self.emitted for need in op.needs):
                    taken.add(op.id)
            if len(taken) == found:
                return [op for op in possible if op.id in taken]

    def blocked(self, app: str) -> int:
        """Weight of what would have to wait if the app came now."""
        available = {op.id for op in self.available(app)}
        return sum(op.weight for op in self.remaining[app] if op.id not in available)

    def may_start(self, app: str) -> bool:
        """A swappable model is found through its app's first migration, so that must hold it."""
        return bool(self.available(app)) and not self._held_up(app)

    def _held_up(self, app: str) -> list[Operation]:
        """The swappable models of the app that cannot come now; where nothing can, all of its operations."""
        available = {op.id for op in self.available(app)}
        if not available:
            return self.remaining[app]
        return [op for op in self.remaining[app] if op.id in self.targets and op.id not in available]

    def emit(self, app: str) -> None:
        """Everything of the app that can come now becomes a batch."""
        taken = self.available(app)
        ids = {op.id for op in taken}
        self.remaining[app] = [op for op in self.remaining[app] if op.id not in ids]
        self.emitted |= ids
        self.begun.add(app)
        self.batches.append((app, _sorted(taken), tuple(op.id for op in self.remaining[app])))
        for touched in {app} | self._needed_by.get(app, set()):
            self._available.pop(touched, None)

    def pack(self, apps: Sequence[str], order: Sequence[str] = ()) -> None:
        """Emit all of the apps of one component: first batches as stated, then by what they block, then the rest.

        Raises OrderError where an app of `order` cannot come at its place, PlanError where no order exists.
        """
        waiting = set(apps)
        for app in (app for app in dict.fromkeys(order) if app in waiting):
            while not self.may_start(app):
                if not self._second(apps):
                    raise OrderError(self._why_not(app))
            waiting.discard(app)
            self.emit(app)
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
        ready = [app for app in apps if app in self.begun and self.available(app)]
        if not ready:
            return False
        self.emit(min(ready, key=lambda app: (self.blocked(app) > 0, -len(self.available(app)), app)))
        return True

    def _why_not(self, app: str) -> str:
        """Why an app cannot have its first batch now: one model of it, and the apps that this waits for."""
        held = min(self._held_up(app), key=lambda op: (op.kind != "CreateModel", op.label))
        others = ", ".join(sorted(self.missing(held.id, self.emitted, self.begun)))
        return f"{app} cannot come at this place: {held.label} has to wait for {others}."

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
