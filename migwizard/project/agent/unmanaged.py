"""Models that began as unmanaged, so that it was not their CreateModel which made their table."""

from __future__ import annotations

from typing import Any

from .renames import flat


def begun_unmanaged(migrations: Any) -> list[list[str]]:
    """[app, model in lower case] of each such model, by the name that it has after the migrations, which are in order."""
    from django.db.migrations.operations import CreateModel, RenameModel

    found: set[tuple[str, str]] = set()
    for migration in migrations:
        for _, operation, _ in flat(migration.operations):
            app = migration.app_label
            if isinstance(operation, CreateModel):
                found.discard((app, operation.name_lower))
                if not operation.options.get("managed", True):
                    found.add((app, operation.name_lower))
            elif isinstance(operation, RenameModel) and (app, operation.old_name_lower) in found:
                found.remove((app, operation.old_name_lower))
                found.add((app, operation.new_name_lower))
    return [list(model) for model in sorted(found)]
