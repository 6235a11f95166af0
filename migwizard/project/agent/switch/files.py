"""The migration files of the tree that the project runs with; no database is asked."""

from __future__ import annotations

import typing

from django.db.migrations.loader import MigrationLoader

from .words import Key, full_name, keys


def graph_consistency(after_rows: typing.Iterable[Key]) -> typing.List[str]:
    """Complaints about rows whose parents would not be recorded, by the files of the current tree; no database."""
    recorded = set(keys(after_rows))
    try:
        loader = _LoaderOf(recorded)
    except Exception as error:  # any project file may raise anything while it is imported
        return [f"the migration files cannot be loaded ({type(error).__name__}: {error})"]
    nodes = loader.graph.node_map
    complaints = []
    for key in sorted(recorded & set(nodes)):
        needs = {parent.key for parent in nodes[key].parents}
        if key in loader.replacements:
            needs.update(loader.replacements[key].replaces if key not in loader.applied_migrations else ())
        complaints += [
            f"{full_name(key)} needs {full_name(parent)}"
            for parent in sorted(needs - recorded)
            if parent not in loader.applied_migrations
        ]
    return complaints


class _LoaderOf(MigrationLoader):
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


def on_disk() -> typing.Dict[Key, typing.Any]:
    """Every migration that has a file, with what it is."""
    loader = MigrationLoader(None, load=False, ignore_no_migrations=True)
    loader.load_disk()
    return dict(loader.disk_migrations)
