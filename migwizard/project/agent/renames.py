"""The renames of a history in the order in which they run: models, fields, and models that another app takes over."""

from __future__ import annotations

from typing import Any, Iterator


def renames(migrations: Any) -> list[dict[str, Any]]:
    """Every rename of the migrations, which are in the order in which they run.

    Each is {"node": [app, name], "path": [index, ...], "app", "model", ...}: with "field" and "to" for a field, else
    with "to_app" and "to" for a model. A model is taken over where a state operation creates another one with its
    table.
    """
    found = []
    tables: dict[str, tuple[str, str]] = {}
    for migration in migrations:
        for path, operation, in_state in flat(migration.operations):
            rename = _rename(migration.app_label, operation, tables, in_state)
            if rename is not None:
                found.append(dict(rename, node=[migration.app_label, migration.name], path=path))
    return found


def flat(
    operations: Any, prefix: tuple[int, ...] = (), in_state: bool = False
) -> Iterator[tuple[list[int], Any, bool]]:
    """(path, operation, whether only the state hears of it), without what only the database hears of."""
    from django.db.migrations.operations import SeparateDatabaseAndState

    for index, operation in enumerate(operations):
        path = (*prefix, index)
        if isinstance(operation, SeparateDatabaseAndState):
            yield from flat(operation.state_operations, path, True)
        else:
            yield list(path), operation, in_state


def _rename(app: str, operation: Any, tables: dict[str, tuple[str, str]], in_state: bool) -> dict[str, Any] | None:
    """What an operation renames; `tables` knows the model of each table so far."""
    from django.db.migrations.operations import AlterModelTable, CreateModel, RenameField, RenameModel

    if isinstance(operation, CreateModel):
        name = operation.name
        table = operation.options.get("db_table") or "{}_{}".format(app, name.lower())
        before = tables.get(table)
        tables[table] = (app, name)
        if in_state and before is not None and before != (app, name):
            return {"app": before[0], "model": before[1], "to_app": app, "to": name}
    elif isinstance(operation, RenameModel):
        old, new = operation.old_name, operation.new_name
        for table, model in list(tables.items()):
            if (model[0], model[1].lower()) == (app, old.lower()):
                del tables[table]
                is_default = table == "{}_{}".format(app, old.lower())
                tables["{}_{}".format(app, new.lower()) if is_default else table] = (app, new)
        return {"app": app, "model": old, "to_app": app, "to": new}
    elif isinstance(operation, AlterModelTable):
        for table, model in list(tables.items()):
            if (model[0], model[1].lower()) == (app, operation.name.lower()):
                del tables[table]
                tables[operation.table or "{}_{}".format(app, operation.name.lower())] = model
    elif isinstance(operation, RenameField):
        return {"app": app, "model": operation.model_name, "field": operation.old_name, "to": operation.new_name}
    return None
