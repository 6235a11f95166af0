"""Rows of a scratch database as Python source, read through the models of the new history's end state."""

from __future__ import annotations

from typing import Any

from . import histories
from .history import load_graph
from .migrate import open_scratch

# Their primary keys differ between databases; they are named by what they stand for.
CONTENT_TYPE = ("contenttypes", "contenttype")
PERMISSION = ("auth", "permission")


def seed_rows(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    path: str,
    wanted: dict[str, list[list[Any]]],
    folders: dict[str, str | None],
) -> dict[str, Any]:
    """The rows `wanted` (keys by table) as source text, table by table, parents before children.

    Returns {"tables": [{app, model, table, pk, rows, imports}], "unmapped": [tables without a model]}; a value is
    source text, or {"permission": [...]} / {"content_type": [...]} for a column that points to one.
    """
    histories.use(folders)
    connection = open_scratch(alias, path)
    apps = load_graph().project_state().apps
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    tables = [
        _table(models[name], keys, connection.alias)
        for name, keys in sorted(wanted.items(), key=lambda item: item[0])
        if name in models
    ]
    connection.close()
    return {
        "tables": _parents_first(tables, models),
        "unmapped": sorted(name for name in wanted if name not in models),
    }


def _table(model: Any, keys: list[list[Any]], alias: str) -> dict[str, Any]:
    meta = model._meta
    fields = meta.local_concrete_fields
    names = [field.attname for field in fields]
    wanted = {tuple(key) for key in keys}
    raw = _raw_keys(model, alias)
    imports: set[str] = set()
    rows = []
    lookups = {field.attname: _natural(field) for field in fields}
    for position, values in enumerate(model._base_manager.using(alias).order_by("pk").values_list(*names)):
        if raw[position] not in wanted:
            continue
        row = []
        for name, value in zip(names, values):
            natural = lookups[name]
            row.append([name, natural(value, alias) if natural and value is not None else _source(value, imports)])
        rows.append(row)
    return {
        "app": meta.app_label,
        "model": meta.object_name,
        "table": meta.db_table,
        "pk": meta.pk.attname,
        "rows": rows,
        "imports": sorted(imports),
    }


def _raw_keys(model: Any, alias: str) -> list[tuple[Any, ...]]:
    """The stored primary keys in the order of `order_by("pk")`, to match rows that were named by stored values."""
    from django.db import connections

    meta = model._meta
    quote = connections[alias].ops.quote_name
    with connections[alias].cursor() as cursor:
        column = quote(meta.pk.column)
        cursor.execute("SELECT {0} FROM {1} ORDER BY {0}".format(column, quote(meta.db_table)))
        return [tuple(row) for row in cursor.fetchall()]


def _source(value: Any, imports: set[str]) -> str:
    from django.db.migrations.serializer import serializer_factory

    source, needed = serializer_factory(value).serialize()
    imports.update(needed)
    return source


def _natural(field: Any) -> Any:
    """How to name the row that a foreign key points to, where its key may differ between databases."""
    remote = field.remote_field.model if field.remote_field else None
    if remote is None or isinstance(remote, str):
        return None
    target = (remote._meta.app_label, remote._meta.model_name)
    if target == CONTENT_TYPE:
        return lambda value, alias: {"content_type": content_type_name(remote, value, alias)}
    if target == PERMISSION:
        return lambda value, alias: {"permission": permission_name(remote, value, alias)}
    return None


def content_type_name(model: Any, key: Any, alias: str) -> list[str]:
    row = model._base_manager.using(alias).get(pk=key)
    return [row.app_label, row.model]


def permission_name(model: Any, key: Any, alias: str) -> list[str]:
    row = model._base_manager.using(alias).select_related("content_type").get(pk=key)
    return [row.content_type.app_label, row.content_type.model, row.codename, row.name]


def _parents_first(tables: list[dict[str, Any]], models: dict[str, Any]) -> list[dict[str, Any]]:
    """Order tables so that a row comes after the rows it points to; the rest of a cycle keeps its order."""
    waiting = list(tables)
    ordered: list[dict[str, Any]] = []
    names = {table["table"] for table in tables}
    while waiting:
        placed = {table["table"] for table in ordered}
        ready = [
            table for table in waiting if not (_targets(models[table["table"]]) & names - placed - {table["table"]})
        ]
        chosen = ready or waiting[:1]
        ordered += chosen
        waiting = [table for table in waiting if table not in chosen]
    return ordered


def _targets(model: Any) -> set[str]:
    return {
        field.remote_field.model._meta.db_table
        for field in model._meta.local_concrete_fields
        if field.remote_field and not isinstance(field.remote_field.model, str)
    }
