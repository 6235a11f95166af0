"""Rows of a scratch database as Python source, read through the models of the new history's end state."""

from __future__ import annotations

import json
from typing import Any, Iterator

from . import histories
from .engines import Engine
from .history import load_graph
from .observe import plain_key
from .scratch import engine_at, open_scratch

# Their primary keys differ between databases; they are named by what they stand for.
CONTENT_TYPE = ("contenttypes", "contenttype")
PERMISSION = ("auth", "permission")


def seed_rows(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    path: str,
    blocks: list[dict[str, list[list[Any]]]],
    found: list[list[Any]],
    folders: dict[str, str | None],
    many: int,
    stored: list[str],
    without: histories.Without = (),
) -> list[dict[str, Any]]:
    """The rows of each of the `blocks` (keys by table) as source text, table by table, parents before children.

    `found` are the [table, key] that somebody else makes: they are of kind "update", all others "insert".
    Returns for each {"tables": [{app, model, table, kind, pk, columns, rows, imports}], "raw": [{table, columns, pk, rows, imports}]}; a value is
    source text, or {"permission": [...]} / {"content_type": [...]} for a column that points to one. Raw are the tables
    without a model, those whose key has several columns, those with values that no migration can spell, and of those
    that are named in `stored` or whose managers hide rows, the ones with new rows only that look nothing up. A table with
    more than `many` rows has "texts" too: every value as its field writes and reads it, where that is without loss.
    """
    histories.look_at(folders, without)
    engine, connection = engine_at(alias), open_scratch(start, alias, path)
    models = _models_by_table(load_graph().project_state().apps)
    others = {(table, tuple(key)) for table, key in found}
    read = []
    for wanted in blocks:
        tables, raw = [], []
        for name in sorted(wanted):
            keys = {tuple(key) for key in wanted[name]}
            changed = {key for key in keys if (name, key) in others}
            try:
                tables += _tables(models.get(name), name, keys, changed, connection.alias, many, stored)
            except _NoModelError:
                raw.append(_raw_table(name, keys, engine, connection))
        read.append({"tables": _parents_first(tables, models), "raw": raw})
    connection.close()
    return read


def _tables(
    model: Any,
    name: str,
    keys: set[tuple[Any, ...]],
    changed: set[tuple[Any, ...]],
    alias: str,
    many: int,
    stored: list[str],
) -> list[dict[str, Any]]:
    """The rows of one table that its model can write. Raises _NoModelError where they have to be raw."""
    if model is None:
        raise _NoModelError("no model has this table")
    if not changed and (name in stored or not _manager_shows_all(model)):
        _must_be_raw(model)
    parts = [("update", changed), ("insert", keys - changed)]
    return [_table(model, part, alias, kind, many) for kind, part in parts if part]


class _NoModelError(Exception):
    """No model can write these rows."""


def _models_by_table(apps: Any) -> dict[str, Any]:
    """The model behind each table; of several the one whose migrations make it."""
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    return {model._meta.db_table: model for model in sorted(models, key=lambda model: bool(model._meta.managed))}


def _table(model: Any, wanted: set[tuple[Any, ...]], alias: str, kind: str, many: int) -> dict[str, Any]:
    meta = model._meta
    fields = [field for field in meta.local_concrete_fields if not getattr(field, "generated", False)]
    lookups = {field.attname: _natural(field) for field in fields}
    imports: set[str] = set()
    rows, kept = [], []
    for key, values in _stored_rows(model, [field.attname for field in fields], alias):
        if key not in wanted:
            continue
        row = []
        kept.append(values)
        for name, value in zip(lookups, values):
            natural = lookups[name]
            row.append([name, natural(value, alias) if natural and value is not None else _source(value, imports)])
        rows.append(row)
    return {
        "app": meta.app_label,
        "model": meta.object_name,
        "table": meta.db_table,
        "kind": kind,
        "pk": meta.pk.attname,
        "columns": [field.column for field in fields],
        "rows": rows,
        "imports": sorted(imports),
        "texts": _texts(model, fields, kept) if len(kept) > many and not any(lookups.values()) else None,
    }


def _texts(model: Any, fields: list[Any], rows: list[Any]) -> list[list[Any]] | None:
    """Each value as its field writes it for serializers; None where a field does not read back what it wrote."""
    texts = []
    for values in rows:
        instance = model(**{field.attname: value for field, value in zip(fields, values)})
        row = [None if value is None else field.value_to_string(instance) for field, value in zip(fields, values)]
        try:
            again = json.loads(json.dumps(row))
            read = [None if text is None else field.to_python(text) for field, text in zip(fields, again)]
        except Exception:
            return None
        if read != list(values):
            return None
        texts.append(row)
    return texts


def _must_be_raw(model: Any) -> None:
    """Raises _NoModelError, unless a row must name others by what they stand for."""
    if not any(map(_natural, model._meta.local_concrete_fields)):
        raise _NoModelError("its rows come and go exactly only as they are stored")


def _manager_shows_all(model: Any) -> bool:
    from django.db.models import Manager

    return type(model._base_manager) is Manager


def _stored_rows(model: Any, names: list[str], alias: str) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """The values of every row, whatever managers show, with its key as it is stored: by that rows are named."""
    from django.db import connections
    from django.db.models import QuerySet
    from django.db.models.expressions import RawSQL

    meta = model._meta
    if len(getattr(meta, "pk_fields", [meta.pk])) > 1:
        raise _NoModelError("its key has several columns")
    quote = connections[alias].ops.quote_name
    stored = RawSQL("{}.{}".format(quote(meta.db_table), quote(meta.pk.column)), ())
    for values in (
        QuerySet(model, using=alias).order_by("pk").annotate(stored_key=stored).values_list(*names, "stored_key")
    ):
        yield tuple(map(_as_in_json, plain_key(values[-1:]))), values[:-1]


def _as_in_json(value: Any) -> Any:
    """A stored key as rows are named by it: drivers make objects of what the database writes as text (uuid, date)."""
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _raw_table(name: str, wanted: set[tuple[Any, ...]], engine: Engine, connection: Any) -> dict[str, Any]:
    """Stored values as the database hands them out, moments and numbers among them."""
    columns, pk, found = engine.keyed_rows(connection, name)
    imports: set[str] = set()
    rows = [[_stored(value, imports) for value in values] for key, values in found if tuple(plain_key(key)) in wanted]
    return {"table": name, "columns": columns, "pk": pk, "rows": rows, "imports": sorted(imports)}


def _stored(value: Any, imports: set[str]) -> str:
    try:
        return _source(value, imports)
    except _NoModelError:
        return repr(value)


def _source(value: Any, imports: set[str]) -> str:
    """Raises _NoModelError for a value that no migration can spell."""
    from django.db.migrations.serializer import serializer_factory

    if isinstance(value, list):
        return "[{}]".format(", ".join(_source(item, imports) for item in value))
    if _is_range(value):
        return _range_source(value, imports)

    try:
        source, needed = serializer_factory(value).serialize()
    except ValueError as error:
        raise _NoModelError(str(error)) from error
    imports.update(needed)
    return source


def _is_range(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("lower_inc", "upper_inc", "isempty"))


def _range_source(value: Any, imports: set[str]) -> str:
    """A range of PostgreSQL's drivers. Django, until 6.1 at least, spells its ends as Python shows them, and imports nothing for them."""
    kind = type(value)
    imports.add("import {}".format(kind.__module__))
    name = "{}.{}".format(kind.__module__, kind.__name__)
    if value.isempty:
        return "{}(empty=True)".format(name)
    bounds = ("[" if value.lower_inc else "(") + ("]" if value.upper_inc else ")")
    return "{}({}, {}, {!r})".format(name, _source(value.lower, imports), _source(value.upper, imports), bounds)


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
