"""SQLite: a scratch database is a file."""

from __future__ import annotations

import copy
import os
import shutil
from typing import Any, Callable, List, Tuple

from .. import sqlite_facts
from ..failure import AgentError
from .snapshot import Snapshot

_IGNORED = {"django_migrations"}

# What rows of a table are known by, by its name and definition: most tables stay as they are from one snapshot to the next.
_KEYS: dict[tuple[str, str | None], list[str]] = {}

Raw = Callable[..., List[Tuple[Any, ...]]]


def scratch_settings(real: dict[str, Any], path: str, owner: Any = None) -> dict[str, Any]:
    """Settings of a scratch database; options that would lead elsewhere, or run SQL, are left out."""
    leaving = ("database", "uri", "init_command")
    scratch = copy.deepcopy(real)
    options = {key: value for key, value in scratch.get("OPTIONS", {}).items() if key not in leaving}
    scratch.update(NAME=path, OPTIONS=options, CONN_MAX_AGE=0)
    return scratch


def create(place: dict[str, Any], path: str, owner: Any, use: Any, source: str | None = None, like: Any = None) -> None:
    """Opening the file makes it, if it is no copy of `source`. Raises AgentError("scratch") where there is one already."""
    if os.path.exists(path):
        raise AgentError("scratch", "The scratch database {} exists already.".format(path))
    if source is not None:
        shutil.copyfile(source, path)


def sweep(real: dict[str, Any], owner: Any, use: Any) -> list[str]:
    """The host removes files itself, with their folder."""
    return []


def hint(error: BaseException) -> str:
    return ""


def prepare(connection: Any, clock_shift: float) -> None:
    """Switch durability off: a scratch database that does not survive a power cut is made again."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute("PRAGMA journal_mode = MEMORY")
    if clock_shift:
        from ..clock import shift_sqlite

        shift_sqlite(connection.connection, clock_shift)


def raw(connection: Any) -> Raw:
    def execute(sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
        connection.ensure_connection()
        cursor = connection.connection.cursor()
        try:
            return list(cursor.execute(sql, params))
        finally:
            cursor.close()

    return execute


def read_catalogue(connection: Any) -> dict[str, Any]:
    return sqlite_facts.read_catalogue(raw(connection))


def read_rows(connection: Any, catalogue: dict[str, Any]) -> dict[str, Any]:
    return sqlite_facts.read_rows(raw(connection), catalogue)


def mark(connection: Any) -> tuple[int, int]:
    connection.ensure_connection()
    return connection.connection.total_changes, raw(connection)("PRAGMA schema_version")[0][0]


def snapshot(connection: Any) -> Snapshot:
    """All objects but those that SQLite made for itself, and all rows; a table without a primary key is known by rowid."""
    execute = raw(connection)
    objects = {
        (kind, name): (table, sql)
        for kind, name, table, sql in execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
        if not name.startswith("sqlite_")
    }
    rows = {}
    virtual = [name + "_" for (kind, name), (_, sql) in objects.items() if _is_virtual(sql)]
    for (kind, name), (_, sql) in list(objects.items()):
        if name.startswith(tuple(virtual)) and name.endswith(sqlite_facts.SHADOW_SUFFIXES):
            del objects[kind, name]
        elif kind == "table" and name not in _IGNORED:
            try:
                rows[name] = _table(execute, name, sql)
            except Exception:
                # The module of a virtual table may be absent, or refuse to be read.
                if not _is_virtual(sql):
                    raise
    return Snapshot(objects, rows)


def keyed_rows(
    connection: Any, name: str
) -> tuple[list[str], list[str], list[tuple[tuple[Any, ...], tuple[Any, ...]]]]:
    """Columns that can be written, primary key, and each row with its key, in the order of the keys.

    Without a primary key a row is known by its rowid. The plus sign keeps the driver from making objects of texts in
    columns of a type that it knows: it says nothing else.
    """
    execute = raw(connection)
    facts = [row for row in execute("PRAGMA table_xinfo({})".format(_quote(name))) if not row[6]]
    pk = [row[1] for row in sorted(facts, key=lambda row: row[5]) if row[5]]
    columns = [row[1] for row in facts]
    keys = ", ".join(map(_quote, pk)) or "rowid"
    selected = ", ".join([keys, *("+" + _quote(column) for column in columns)])
    width = len(pk) or 1
    found = execute("SELECT {} FROM {} ORDER BY {}".format(selected, _quote(name), keys))
    return columns, pk, [(row[:width], row[width:]) for row in found]


def _table(execute: Raw, name: str, definition: str | None) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    known = name, definition
    if known not in _KEYS:
        columns = execute("SELECT name, pk FROM pragma_table_info(?)", (name,))
        keys = [column for column, position in sorted(columns, key=lambda row: row[1]) if position]
        _KEYS[known] = keys or ["rowid"]
    selected = _KEYS[known]
    sql = "SELECT {}, * FROM {}".format(", ".join(map(_quote, selected)), _quote(name))
    return {row[: len(selected)]: row[len(selected) :] for row in execute(sql)}


def _quote(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _is_virtual(sql: str | None) -> bool:
    return (sql or "").lstrip().upper().startswith("CREATE VIRTUAL")
