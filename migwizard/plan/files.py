"""From what each file holds to batches: names, dependencies, levels, and where that returns which had to wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from migwizard.plan.naming import batch_name
from migwizard.plan.neighbours import Neighbours, newest, places_behind
from migwizard.plan.operations import Node, Operation
from migwizard.plan.plan import Batch, Deferred, each_once, first_nodes
from migwizard.plan.postpone import File
from migwizard.plan.rendering import Rendered
from migwizard.plan.units import order_units


class Files:
    """Turns files into batches; `targets` are the operations that make swappable models."""

    def __init__(
        self, operations: Sequence[Operation], neighbours: Neighbours, targets: Collection[str], tag: str
    ) -> None:
        self._operations = operations
        self._by_id = {op.id: op for op in operations}
        self._neighbours = neighbours
        self._targets = targets
        self._tag = tag
        self._chosen: list[Batch] = []
        self._of_model: dict[tuple[str, str], list[str]] = {}
        for op in operations:
            self._of_model.setdefault(op.of_model, []).append(op.id)

    def batches(self, files: Sequence[File]) -> tuple[tuple[Batch, ...], int]:
        """The batches of all files, in their order, and how many model classes a migrate renders for them."""
        rendered = Rendered({op.id: op.of_model for op in self._operations if op.makes_model})
        self._chosen = self._parted(files, [])
        ordered = [
            replace(batch, units=order_units([self._by_id[key] for key in batch.operations], rendered))
            for batch in self._chosen
        ]
        return self._with_third_parties(self._with_deferred(ordered, range(len(ordered)))), rendered.classes

    def returning(self, files: Sequence[File], begin: int) -> tuple[Deferred, ...]:
        """What has to wait if these files came after the first `begin` chosen ones, each once, with where it would return."""
        batches = self._parted(files, self._chosen[:begin])
        return each_once(self._with_deferred(batches, range(begin, len(batches)))[begin:])

    def _parted(self, files: Sequence[File], before: Sequence[Batch]) -> list[Batch]:
        """The batches as far as they follow from what each file holds, after those that come before in any case."""
        made = _Made(self._neighbours, self._tag)
        for batch in before:
            made.add(batch)
        for file in files:
            made.add(self._batch(file, made))
        return made.batches

    def _batch(self, file: File, made: _Made) -> Batch:
        app = file.app
        members = [self._by_id[key] for key in file.operations]
        targets = {self._by_id[need].app for op in members for need in op.needs} | {
            label for op in members for label, _ in op.external
        }
        needed = self._needed_batches(members, made)
        if app in made.last:
            needed[app] = made.last[app]
        own = set(file.operations)
        before = [made.home[need] for op in members for need in op.needs if need not in own]
        before += [made.last[app]] if app in made.last else []
        for op in members:
            requirement = self._neighbours.requirement(op.id)
            before += [made.first[other] for other in requirement.apps]
            before += [made.home[key] for key in requirement.operations]
        level = 1 + max((batch.level for batch in before), default=-1)
        name = batch_name(1 + made.counts.get(app, 0), self._tag, targets - {app})
        units = tuple((key,) for key in file.operations)
        return Batch(app, name, level, units, self._dependencies(app, members, needed, made))

    def _needed_batches(self, members: Sequence[Operation], made: _Made) -> dict[str, Batch]:
        """The newest batch needed of each other app; what a swappable dependency says already is left out."""
        needed: dict[str, Batch] = {}
        for op in members:
            swapped = {label for _, label in op.swappable}
            for need in op.needs:
                other = self._by_id[need]
                if other.app == op.app or (other.app in swapped and need in self._targets):
                    continue
                batch = made.home[need]
                if other.app not in needed or batch.name > needed[other.app].name:
                    needed[other.app] = batch
        return needed

    def _dependencies(
        self, app: str, members: Sequence[Operation], needed: dict[str, Batch], made: _Made
    ) -> tuple[Node, ...]:
        found = {(batch.app, batch.name) for batch in needed.values()}
        newest_of: dict[str, list[str]] = {}
        for op in members:
            swapped = {label for _, label in op.swappable}
            found |= {("__setting__", setting) for setting, label in op.swappable if label != app}
            for label, model in op.external:
                if label not in swapped:
                    newest_of.setdefault(label, []).append(model)
        for label, models in newest_of.items():
            found.add((label, self._third_party(label, models, made)))
        return tuple(sorted(found))

    def _third_party(self, label: str, models: Iterable[str], made: _Made) -> str:
        """The newest migration of a third party that can have run by now."""
        external = self._neighbours.externals.get(label)
        if external is None or not external.migrations:
            return "__first__"
        met = [made.meets(label, place) for place in range(len(external.migrations))]
        names = [each.name for each in external.migrations]
        return max((newest(external, model, met) for model in models), key=names.index)

    def _with_deferred(self, batches: Sequence[Batch], places: range) -> list[Batch]:
        """The batches, each of those at `places` with what it leaves for later ones."""
        home = {key: batch for batch in batches for key in batch.operations}
        waiting: dict[str, dict[str, None]] = {batches[place].app: {} for place in places}
        for op in self._operations:
            if op.app in waiting and op.id in home:
                waiting[op.app][op.id] = None
        told, done, begun = [], set[str](), set[str]()
        for place, batch in enumerate(batches):
            done.update(batch.operations)
            if batch.app in waiting:
                for key in batch.operations:
                    del waiting[batch.app][key]
            if place in places:
                items = [
                    self._deferred(keys, home[keys[0]], self._missing(keys[0], done, begun))
                    for keys in self._together(waiting[batch.app], home)
                ]
                batch = replace(batch, deferred=tuple(items))
            told.append(batch)
            begun.add(batch.app)
        return told

    def _together(self, left: Iterable[str], home: Mapping[str, Batch]) -> Iterator[tuple[str, ...]]:
        """The operations that wait; a model that comes later as a whole is one thing that waits."""
        whole = {self._by_id[key].of_model: key for key in left if self._by_id[key].makes_model}
        groups: dict[str, list[str]] = {}
        for key in left:
            head = whole.get(self._by_id[key].of_model, key)
            groups.setdefault(head if home[head] is home[key] else key, []).append(key)
        for head, keys in groups.items():
            yield (head, *(key for key in keys if key != head))

    def _deferred(self, keys: tuple[str, ...], back: Batch, missing: Collection[str]) -> Deferred:
        return Deferred(
            operations=keys,
            label=self._by_id[keys[0]].label,
            parts=tuple(part for key in keys for part in self._by_id[key].parts),
            waits_for=tuple(sorted(missing)),
            returns_in=f"{back.app}/{back.name}",
            returns_at=back.level,
        )

    def _missing(self, key: str, done: Collection[str], begun: Collection[str]) -> set[str]:
        """The apps that an operation waits for after `done`, directly or through others of its own app.

        A third party counts where what it requires was not there when the file began. A model that comes later as a whole
        waits for what its relations wait for.
        """
        app = self._by_id[key].app
        found: set[str] = set()
        seen, todo = {key}, [key]
        while todo:
            op = self._by_id[todo.pop()]
            unmet = [need for need in op.needs if need not in done]
            found |= {self._by_id[need].app for need in unmet if self._by_id[need].app != app}
            requirement = self._neighbours.requirement(op.id)
            if not (requirement.apps <= set(begun) and requirement.operations <= set(done)):
                found |= {label for label, _ in op.external if label in self._neighbours.externals}
            more = [need for need in unmet if self._by_id[need].app == app]
            if op.makes_model:
                more += [other for other in self._of_model[op.of_model] if other not in done]
            todo += [each for each in more if each not in seen]
            seen.update(more)
        return found

    def _with_third_parties(self, batches: Sequence[Batch]) -> tuple[Batch, ...]:
        """The batches, with the old migrations that they stand for, and the third parties that they must run before."""
        stands = self._stand_ins(batches)
        before = self._run_before(batches, stands)
        return tuple(
            replace(
                batch,
                stands_for=tuple(sorted(old for old, new in stands.items() if new == (batch.app, batch.name))),
                run_before=tuple(sorted(before.get((batch.app, batch.name), ()))),
            )
            for batch in batches
        )

    def _stand_ins(self, batches: Sequence[Batch]) -> dict[Node, Node]:
        """For each old migration that others name, the first batch by which all is there that they want of its app."""
        place = {key: number for number, batch in enumerate(batches) for key in batch.operations}
        firsts: dict[str, int] = {}
        for number, batch in enumerate(batches):
            firsts.setdefault(batch.app, number)
        found = {}
        for (app, name), wanted in self._neighbours.stood_in.items():
            if app in firsts:
                earliest = [firsts[app], *(place[key] for key in wanted if key in place)]
                for label, migration, torn in self._neighbours.torn():
                    if torn == app and (app, name) in migration.run_before:
                        external = self._neighbours.externals[label]
                        earliest += places_behind(external, migration, app, batches)[:1]
                batch = batches[max(earliest)]
                found[app, name] = (app, batch.name)
        return found

    def _run_before(self, batches: Sequence[Batch], stands: dict[Node, Node]) -> dict[Node, set[Node]]:
        """Batches whose models a third party points at, although nothing that it depends on leads to them."""
        behind = _Behind(batches, self._by_id, self._targets)
        home = {key: (batch.app, batch.name) for batch in batches for key in batch.operations}
        firsts = first_nodes(batches)
        found: dict[Node, set[Node]] = {}
        for label, external in self._neighbours.externals.items():
            told: set[Node] = set()
            for place, migration in enumerate(external.migrations):
                declared = {firsts[app] for app in migration.first if app in firsts}
                declared |= {stands[node] for node in migration.named if node in stands}
                requirement = self._neighbours.of(label, place)
                wanted = {home[key] for key in requirement.operations if key in home}
                wanted |= {firsts[app] for app in requirement.apps - migration.first if app in firsts}
                for node in wanted - behind.reached(declared) - told:
                    found.setdefault(node, set()).add((label, migration.name))
                    told.add(node)
        return found


class _Made:
    """The batches that were made so far."""

    def __init__(self, neighbours: Neighbours, tag: str) -> None:
        self._neighbours = neighbours
        self.batches: list[Batch] = []
        self.home: dict[str, Batch] = {}
        self.first: dict[str, Batch] = {}
        self.last: dict[str, Batch] = {}
        self.counts: dict[str, int] = {}

    def add(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.home.update(dict.fromkeys(batch.operations, batch))
        self.first.setdefault(batch.app, batch)
        self.last[batch.app] = batch
        self.counts[batch.app] = 1 + self.counts.get(batch.app, 0)

    def meets(self, label: str, place: int) -> bool:
        """Whether what a third party's migration requires is in batches."""
        requirement = self._neighbours.of(label, place)
        return requirement.apps <= self.first.keys() and requirement.operations <= self.home.keys()


class _Behind:
    """Which batches come before others by their dependencies."""

    def __init__(self, batches: Sequence[Batch], by_id: dict[str, Operation], targets: Collection[str]) -> None:
        firsts = first_nodes(batches)
        nodes = {(batch.app, batch.name) for batch in batches}
        swapped = {key: {label for _, label in by_id[key].swappable} for batch in batches for key in batch.operations}
        self._before = {
            (batch.app, batch.name): {node for node in batch.dependencies if node in nodes}
            | {firsts[label] for key in batch.operations for label in swapped[key] if label in firsts}
            for batch in batches
        }

    def reached(self, nodes: Iterable[Node]) -> set[Node]:
        """The nodes and all that must come before them."""
        seen, todo = set[Node](), list(nodes)
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo += self._before.get(node, ())
        return seen
