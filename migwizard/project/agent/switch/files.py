"""The migration files of the tree that the project runs with; no database is asked."""

from __future__ import annotations

import typing

from django.db.migrations.loader import MigrationLoader

from .refusal import SwitchError
from .words import Key, Keys, keys

Orphans = typing.List[typing.Tuple[Key, Key]]
"""Migrations that would be recorded without one that they depend on, each with that one."""


def graph_consistency(after_rows: typing.Iterable[Key]) -> Orphans:
    """The rows whose parents would not be recorded, by the files of the current tree; no database.

    Raises SwitchError (MW-E16) where these cannot be loaded.
    """
    recorded = set(keys(after_rows))
    try:
        loader = LoaderOf(recorded)
    except Exception as error:
        raise SwitchError("MW-E16", f"What the result would be cannot be told: {cannot_load(error)}.") from error
    nodes = loader.graph.node_map
    orphans: Orphans = []
    for key in sorted(recorded & set(nodes)):
        needs = {parent.key for parent in nodes[key].parents}
        if key in loader.replacements:
            needs.update(loader.replacements[key].replaces if key not in loader.applied_migrations else ())
        orphans += [(key, parent) for parent in sorted(needs - recorded) if parent not in loader.applied_migrations]
    return orphans


class Consistency:
    """`graph_consistency`, with one look at the files for all tenants that end at the same history."""

    def __init__(self) -> None:
        self._known: typing.Dict[typing.FrozenSet[Key], Orphans] = {}

    def __call__(self, after: Keys) -> Orphans:
        recorded = frozenset(after)
        if recorded not in self._known:
            self._known[recorded] = graph_consistency(recorded)
        return self._known[recorded]


class LoaderOf(MigrationLoader):
    """Django's loader as it would be on a database with exactly these rows: squashes resolve as they would there."""

    def __init__(self, recorded: typing.Set[Key]) -> None:
        self._recorded: typing.Dict[Key, typing.Any] = dict.fromkeys(recorded)
        super().__init__(None, ignore_no_migrations=True)

    @property
    def applied_migrations(self) -> typing.Dict[Key, typing.Any]:
        return self._recorded

    @applied_migrations.setter
    def applied_migrations(self, value: typing.Any) -> None:
        """Without a connection Django sets "none applied"; ours stay."""


class Files:
    """The migrations that have a file. They are loaded when the first is asked for: most databases need none.

    What a squash replaces counts as having one: its rows stay in the databases that applied it before.
    """

    def __init__(self) -> None:
        self._found: typing.Optional[typing.Dict[Key, typing.Any]] = None

    def __contains__(self, key: object) -> bool:
        return key in self._loaded()

    def __getitem__(self, key: Key) -> typing.Any:
        return self._loaded()[key]

    def _loaded(self) -> typing.Dict[Key, typing.Any]:
        if self._found is None:
            loader = MigrationLoader(None, load=False, ignore_no_migrations=True)
            try:
                loader.load_disk()
            except Exception as error:
                raise SwitchError("MW-E16", f"Which rows have a file cannot be told: {cannot_load(error)}.") from error
            found = loader.disk_migrations
            replaced = {tuple(old): migration for migration in found.values() for old in migration.replaces}
            self._found = {**replaced, **found}
        return self._found


def cannot_load(error: Exception) -> str:
    """What is said of files that a project's own code keeps from being imported: that may raise anything."""
    return f"the migration files cannot be loaded ({type(error).__name__}: {error})"
