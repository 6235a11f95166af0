"""Reads the catalogue and the rows of an SQLite database as plain JSON-able facts.

Everything goes through one callable `execute(sql)` that returns all rows of a statement as tuples, so that the same code
reads through Django's connection and through `sqlite3`. No statement has parameters: the two disagree about placeholders.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, Sequence, Set, Tuple

Execute = Callable[[str], Sequence[Tuple[Any, ...]]]

BACKUP_TABLE = "migwizard_history_backup"
RECORDER_TABLE = "django_migrations"

# What a virtual table keeps beside itself, for SQLite before 3.37, which does not yet tell shadow tables apart.
SHADOW_SUFFIXES = (
    "content", "segments", "segdir", "stat", "docsize", "data", "idx", "config", "node", "rowid", "parent",
)  # fmt: skip

HIDDEN = 1
"""The value of `hidden` in table_xinfo for a column of a virtual table that `SELECT *` leaves out."""


def read_catalogue(execute: Execute) -> Dict[str, Any]:
    """All tables, views and triggers as SQLite itself describes them.

    Left out: what SQLite made for itself, shadow tables of virtual tables, and migwizard's own backup table.
    Returns `{"engine", "version", "tables", "views", "triggers"}`; each definition is the stored text.
    Database errors pass through, except for a virtual table whose module is not loaded: it says `unreadable`.
    """
    master = execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
    definitions = {name: sql for kind, name, _, sql in master if kind == "index"}
    left_out = _shadow_tables(execute, master) | {BACKUP_TABLE}
    tables = {
        name: _read_table(execute, name, sql, definitions)
        for kind, name, _, sql in master
        if kind == "table" and name not in left_out and not name.lower().startswith("sqlite_")
    }
    return {
        "engine": "sqlite",
        "version": execute("SELECT sqlite_version()")[0][0],
        "tables": tables,
        "views": {name: sql for kind, name, _, sql in master if kind == "view"},
        "triggers": {
            name: {"table": table, "sql": sql}
            for kind, name, table, sql in master
            if kind == "trigger" and table not in left_out
        },
    }


def read_rows(execute: Execute, catalogue: Dict[str, Any]) -> Dict[str, Any]:
    """All stored values of all tables of `catalogue`, in the order of the primary key, and the AUTOINCREMENT counters.

    Values are what SQLite stores, not what Django makes of them. Bytes become `{"$bytes": hex}`, floats that JSON
    cannot carry `{"$float": "inf"}`. A virtual table has its `rowid` as key; one that cannot be read says `unreadable`.
    The table of applied migrations is left out, since it differs by intention.
    """
    tables = {
        name: _read_table_rows(execute, name, table)
        for name, table in catalogue["tables"].items()
        if name not in (RECORDER_TABLE, BACKUP_TABLE)
    }
    counted = execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
    counters = execute("SELECT name, seq FROM sqlite_sequence ORDER BY name") if counted else []
    return {"tables": tables, "sequences": {name: value for name, value in counters if name in tables}}


def _shadow_tables(execute: Execute, master: Sequence[Tuple[Any, ...]]) -> Set[str]:
    """Tables that belong to a virtual table."""
    listed = execute("PRAGMA table_list")
    if listed:
        return {row[1] for row in listed if row[0] == "main" and row[2] == "shadow"}
    virtual = [name for kind, name, _, sql in master if kind == "table" and _is_virtual(sql)]
    guesses = {"{}_{}".format(name, suffix) for name in virtual for suffix in SHADOW_SUFFIXES}
    return guesses & {name for kind, name, _, _ in master if kind == "table"}


def _is_virtual(sql: str) -> bool:
    return sql.upper().startswith("CREATE VIRTUAL TABLE")


def _read_table(execute: Execute, name: str, sql: str, definitions: Dict[str, Any]) -> Dict[str, Any]:
    """Columns, foreign keys and indexes of one table."""
    table: Dict[str, Any] = {"sql": sql, "type": "table", "columns": [], "foreign_keys": [], "indexes": []}
    if _is_virtual(sql):
        table["type"] = "virtual"
        try:
            table["columns"] = _read_columns(execute, name)
        except Exception as error:  # The class differs between Django's wrapper and sqlite3; the reason is kept.
            table["unreadable"] = str(error)
        return table
    table["columns"] = _read_columns(execute, name)
    keys = ("id", "seq", "table", "from", "to", "on_update", "on_delete", "match")
    found = execute("PRAGMA foreign_key_list({})".format(_quote(name)))
    table["foreign_keys"] = [dict(zip(keys, row)) for row in sorted(found, key=lambda row: row[:2])]
    table["indexes"] = [
        {
            "name": index,
            "unique": bool(unique),
            "origin": origin,
            "partial": bool(partial),
            "sql": definitions.get(index),
            "columns": _read_index_columns(execute, index),
        }
        for _, index, unique, origin, partial in sorted(
            execute("PRAGMA index_list({})".format(_quote(name))), key=lambda row: str(row[1])
        )
    ]
    return table


def _read_columns(execute: Execute, name: str) -> List[Dict[str, Any]]:
    """The columns with hidden and generated ones, as table_xinfo (SQLite 3.26) tells them."""
    keys = ("cid", "name", "type", "notnull", "default", "pk", "hidden")
    found = execute("PRAGMA table_xinfo({})".format(_quote(name)))
    if not found:
        found = [(*row, 0) for row in execute("PRAGMA table_info({})".format(_quote(name)))]
    return [dict(zip(keys, row)) for row in found]


def _read_index_columns(execute: Execute, index: str) -> List[List[Any]]:
    """`[name, descending, collation, is key]` of each column; -1 in place of a name is the rowid, -2 an expression."""
    return [
        [cid if name is None else name, descending, collation, key]
        for _, cid, name, descending, collation, key in execute("PRAGMA index_xinfo({})".format(_quote(index)))
    ]


def _read_table_rows(execute: Execute, name: str, table: Dict[str, Any]) -> Dict[str, Any]:
    """Column names, primary key and rows of one table."""
    columns = [column["name"] for column in table["columns"] if column["hidden"] != HIDDEN]
    ranked = sorted((column["pk"], column["name"]) for column in table["columns"] if column["pk"])
    key = [column for _, column in ranked]
    if table["type"] != "virtual":
        rows = _select(execute, name, columns, [_quote(column) for column in key] or [_rowid(columns)])
        return {"columns": columns, "pk": key, "rows": rows}
    found: Dict[str, Any] = {"columns": ["rowid", *columns], "pk": ["rowid"], "rows": []}
    try:
        found["rows"] = _select(execute, name, ["rowid", *columns], ["rowid"])
    except Exception as error:  # A contentless or foreign module may refuse to be read; the reason is kept.
        found["unreadable"] = str(error)
    return found


def _select(execute: Execute, name: str, columns: List[str], order: List[str]) -> List[List[Any]]:
    """The rows of a table. The unary plus hides the declared type from Django's converters and changes no value."""
    wanted = ", ".join("+{} AS c{}".format(_quote(column), place) for place, column in enumerate(columns))
    found = execute("SELECT {} FROM {} ORDER BY {}".format(wanted, _quote(name), ", ".join(order)))
    return [[_plain(value) for value in row] for row in found]


def _rowid(columns: List[str]) -> str:
    """A name of the rowid that no column hides; a table may hide all three, then its rows keep the order of the scan."""
    taken = {column.lower() for column in columns}
    return next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), "1")


def _plain(value: Any) -> Any:
    """A stored value as JSON can carry it."""
    if isinstance(value, (bytes, memoryview)):
        return {"$bytes": bytes(value).hex()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": repr(value)}
    return value


def _quote(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
