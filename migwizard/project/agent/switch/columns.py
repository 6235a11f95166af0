"""What the old history builds and a database lacks: somebody changed it by hand, and a switch would not notice."""

from __future__ import annotations

import typing

from .history import History
from .words import Facts

_LISTED = {
    "sqlite": (
        "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) p WHERE m.type IN ('table', 'view')"
    ),
    # Not from information_schema, which hides what a user may not read.
    "postgresql": (
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname = %s"
    ),
    "mysql": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()",
}


def lacking(
    connection: typing.Any, manifest: Facts, *, schema: typing.Optional[str] = None, tables: bool = True
) -> typing.List[str]:
    """`table.column` of every column of the manifest that is not there.

    With `tables` the bare name of a table that is not there at all; without, such a table is none of this history's, as
    routers and schemas of tenants keep some away.
    """
    history = History(connection, schema)
    there, fold = _columns(history), history.tables().fold
    found: typing.List[str] = []
    for table, wanted in sorted(manifest.get("columns", {}).items()):
        if fold(table) not in there:
            found += [table] if tables else []
            continue
        found += [f"{table}.{column}" for column in wanted if column.lower() not in there[fold(table)]]
    return found


def _columns(history: History) -> typing.Dict[str, typing.Set[str]]:
    """The columns of every table, in lower case: no project has two that differ in case alone."""
    listed = history.query(_LISTED[history.vendor], [history.schema] if history.vendor == "postgresql" else ())
    fold = history.tables().fold
    found: typing.Dict[str, typing.Set[str]] = {}
    for table, column in listed:
        found.setdefault(fold(table), set()).add(column.lower())
    return found
