"""Apps that are not reset: what they want of the project's new files before they can run.

A third-party migration can wait for an app ("__first__", or a setting), name an old migration, or just point at a model
and rely on luck. All three are one thing here: a requirement that must be met before anything of the project may point
at what that migration makes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from migwizard.plan.operations import External, ExternalMigration, Node, Operation
from migwizard.plan.plan import Batch


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must be there: apps that have a first file, and operations that are in a file."""

    apps: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()

    def __or__(self, other: Requirement) -> Requirement:
        return Requirement(self.apps | other.apps, self.operations | other.operations)

    def __bool__(self) -> bool:
        return bool(self.apps or self.operations)


class Neighbours:
    """The third parties of a project, seen from its operations.

    `run_before` are the old wishes of project migrations to come before a third party's: (project app, third-party
    migration).
    """

    def __init__(
        self,
        operations: Iterable[Operation],
        externals: Mapping[str, External],
        run_before: Collection[tuple[str, Node]] = (),
    ) -> None:
        operations = list(operations)
        self.externals = externals
        self.makers = {".".join(op.of_model): op.id for op in operations if op.makes_model}
        self._found = self.makers | {op.label.lower(): op.id for op in operations if op.kind == "AddField"}
        own = {op.app for op in operations}
        named = {app for external in externals.values() for app in external.named_apps}
        self.bare = tuple(sorted(named - own))
        """Apps that others name and that have nothing to be made: an empty file gives these others a foothold."""
        self._apps = own | named
        self._asked: dict[Node, set[str]] = {}
        for app, node in run_before:
            self._asked.setdefault(node, set()).add(app)
        self.stood_in = self._stood_in()
        self._requirements: dict[str, Requirement] = {}
        for operation in operations:
            found = Requirement()
            for label, model in sorted(operation.external):
                if label in externals:
                    found |= self.of(label, externals[label].making(model))
            for label, place in self._wanting_first(operation.app):
                found |= self.of(label, place)
            if found:
                self._requirements[operation.id] = found

    def requirement(self, operation: str) -> Requirement:
        """What third parties want before this operation may point at them."""
        return self._requirements.get(operation, Requirement())

    def of(self, label: str, place: int) -> Requirement:
        """What the migration at `place` of a third party, and all before it, want."""
        external = self.externals[label]
        if not external.migrations:
            return Requirement()
        migration = external.migrations[place]
        asked = {app for each in external.migrations[: place + 1] for app in self._asked.get((label, each.name), ())}
        wanted = self._ids(migration.models)
        wanted = wanted.union(*(self._ids(external.held.get(node, ())) for node in migration.used))
        return Requirement(
            frozenset((migration.first | asked) & self._apps),
            frozenset(wanted.union(*(self.stood_in[node] for node in migration.named if node in self.stood_in))),
        )

    def _stood_in(self) -> dict[Node, frozenset[str]]:
        """The old migrations that others name, each with the operations that its stand-in has to come after, or hold."""
        found: dict[Node, set[str]] = {}
        for external in self.externals.values():
            for app, name, _ in external.waits_named:
                found.setdefault((app, name), set())
            for migration in external.migrations:
                for node in migration.named:
                    held = external.held.get(node, migration.models)
                    wanted = held if node in migration.used else migration.models & held
                    here = {model for model in wanted if model.partition(".")[0] == node[0]}
                    found.setdefault(node, set()).update(self._ids(here))
        return {node: frozenset(keys) for node, keys in found.items() if node[0] in self._apps}

    def _ids(self, keys: Iterable[str]) -> set[str]:
        """The operations that make models and relations; what is not made any more has none."""
        return {self._found[key] for key in keys if key in self._found}

    def _wanting_first(self, app: str) -> list[tuple[str, int]]:
        """The migrations of others that must run before an old one of the app, so now before its first file.

        Those that also come after one are left out: a later file has to stand in for what they run before.
        """
        return [
            (external.label, place)
            for external in self.externals.values()
            for place, migration in enumerate(external.migrations)
            if any(node[0] == app for node in migration.run_before) and app not in self.of(external.label, place).apps
        ]

    def torn(self) -> tuple[tuple[str, ExternalMigration, str], ...]:
        """(label, migration, app): migrations of others that come after one of the app's and before another one.

        The old history had room between the two; a new one has it only before a file that comes after the migration.
        """
        return tuple(
            (external.label, migration, app)
            for external in self.externals.values()
            for place, migration in enumerate(external.migrations)
            for app in sorted({node[0] for node in migration.run_before} & self._apps)
            if app in self.of(external.label, place).apps
        )

    def lost(self) -> tuple[tuple[str, ExternalMigration, str], ...]:
        """(label, migration, model): models of the project that no new file makes, and the migration that needs each first."""
        found: dict[tuple[str, str], ExternalMigration] = {}
        for external in self.externals.values():
            for migration in external.migrations:
                for model in sorted(migration.models - self.makers.keys()):
                    if model.partition(".")[0] in self._apps:
                        found.setdefault((external.label, model), migration)
        return tuple((label, migration, model) for (label, model), migration in found.items())


def places_behind(external: External, migration: ExternalMigration, app: str, batches: Sequence[Batch]) -> list[int]:
    """The places of the batches of an app that depend on a migration of a third party, or on a later one of it."""
    names = [each.name for each in external.migrations]
    later = {(external.label, name) for name in names[names.index(migration.name) :]}
    return [place for place, batch in enumerate(batches) if batch.app == app and later & set(batch.dependencies)]


def newest(external: External, model: str, met: Sequence[bool]) -> str:
    """The newest migration of a third party whose requirement is `met`, from the one on that makes `model`, which is met."""
    places = range(external.making(model), len(external.migrations))
    return external.migrations[max(place for place in places if met[place])].name
