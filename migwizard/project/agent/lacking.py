"""What a real database lacks of a history, in any of its schemas: what is to come, what never came, what others need."""

from __future__ import annotations

from typing import Any, Callable, Iterable

from . import histories
from .databases import open_real
from .switch.places import places_of


def pending(
    start: dict[str, Any], emit: Any, alias: str, folders: dict[str, str | None] | None = None
) -> list[list[str]]:
    """What `migrate --plan` would list for a real database, in any of its schemas: [app, name] of each migration to apply."""

    def find(executor: Any) -> Any:
        executor.loader.check_consistent_history(executor.connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return [(migration.app_label, migration.name) for migration, _ in plan]

    return _of_all_schemas(alias, folders, find)


def unapplied(
    start: dict[str, Any], emit: Any, alias: str, labels: list[str], folders: dict[str, str | None] | None = None
) -> list[list[str]]:
    """The migrations of these apps that a real database lacks in any of its schemas, also where it has later ones."""

    def find(executor: Any) -> Any:
        applied = executor.loader.applied_migrations
        return [key for key in sorted(executor.loader.graph.nodes) if key[0] in labels and key not in applied]

    return _of_all_schemas(alias, folders, find)


def torn(start: dict[str, Any], emit: Any, alias: str, folders: dict[str, str | None] | None = None) -> list[list[str]]:
    """The migrations that a real database lacks although it records one that needs them: Django's InconsistentMigrationHistory."""

    def find(executor: Any) -> Any:
        loader = executor.loader
        for key in sorted(key for key in loader.applied_migrations if key in loader.graph.nodes):
            for parent in sorted(parent.key for parent in loader.graph.node_map[key].parents):
                replaced = loader.replacements[parent].replaces if parent in loader.replacements else [parent]
                if parent not in loader.applied_migrations and not loader.applied_migrations.keys() >= set(replaced):
                    yield parent

    return _of_all_schemas(alias, folders, find)


def _of_all_schemas(
    alias: str, folders: dict[str, str | None] | None, find: Callable[[Any], Iterable[Any]]
) -> list[list[str]]:
    """What `find` finds with the executor of each schema, each migration once."""
    from django.db.migrations.executor import MigrationExecutor

    histories.look_at(folders)
    connection = open_real(alias)
    try:
        found: dict[tuple[str, str], None] = {}
        for place in places_of(connection):
            if place.schema is not None:
                connection.set_schema(place.schema)
            executor = MigrationExecutor(connection)
            if place.schema is not None and not executor.loader.applied_migrations:
                # A tenant that nobody migrated yet: its first migrate builds it.
                continue
            found.update(dict.fromkeys(map(tuple, find(executor))))
        return [list(key) for key in found]
    finally:
        connection.close()
