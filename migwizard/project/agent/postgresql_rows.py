"""Reads the rows of a PostgreSQL database by value: numbers and booleans as they are, everything else as its text.

The text is PostgreSQL's own, so that no driver, no converter of the project and no value that Python cannot hold stands
between what is stored and what is compared. A key is read in the same way wherever it is read.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Sequence, Tuple

from .postgresql_names import BACKUP_TABLE, literal, quote

Execute = Callable[[str], Sequence[Tuple[Any, ...]]]

RECORDER_TABLE = "django_migrations"
_PLAIN = {"smallint", "integer", "bigint", "boolean", "text", "oid"}


def read_rows(execute: Execute, catalogue: Dict[str, Any]) -> Dict[str, Any]:
    """All rows of all tables of `catalogue`, in the order of the primary key, and how far each table has counted.

    The table of applied migrations is left out, since it differs by intention; so are partitions, whose rows are those
    of the table above them.
    """
    tables = {}
    for name, table in catalogue["tables"].items():
        if is_read(name, table):
            columns, key = column_names(table), key_names(table)
            order = ", ".join(quote_column(column) for column in key) or "ctid"
            rows = execute("SELECT {} FROM {} ORDER BY {}".format(_selected(table, columns), quote(name), order))
            tables[name] = {"columns": columns, "pk": key, "rows": [list(row) for row in rows]}
    return {"tables": tables, "sequences": read_counters(execute, catalogue)}


def keyed(execute: Execute, name: str, table: Dict[str, Any]) -> Dict[Tuple[Any, ...], Tuple[Any, ...]]:
    """The rows of one table by primary key; a table without one is known by where its rows lie."""
    key, columns = key_names(table), column_names(table)
    keys = _selected(table, key) if key else "ctid::text"
    width = len(key) or 1
    sql = "SELECT {} FROM {}".format(", ".join(filter(None, [keys, _selected(table, columns)])), quote(name))
    return {tuple(row[:width]): tuple(row[width:]) for row in execute(sql)}


def is_read(name: str, table: Dict[str, Any]) -> bool:
    bare = name.rpartition(".")[2]
    return bare not in (RECORDER_TABLE, BACKUP_TABLE) and table["type"] != "foreign" and not table["partition"]


def column_names(table: Dict[str, Any]) -> List[str]:
    return [column["name"] for column in table["columns"]]


def key_names(table: Dict[str, Any]) -> List[str]:
    return [column["name"] for column in sorted(table["columns"], key=lambda column: column["pk"]) if column["pk"]]


def quote_column(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _selected(table: Dict[str, Any], names: Sequence[str]) -> str:
    types = {column["name"]: column["type"] for column in table["columns"]}
    return ", ".join(_value(name, types[name]) for name in names)


def _value(name: str, kind: str) -> str:
    if kind in _PLAIN:
        return quote_column(name)
    # The zone of a session is the project's business, and may differ between two connections.
    zone = " AT TIME ZONE 'UTC'" if kind.startswith("timestamp") and kind.endswith("with time zone") else ""
    return "({}{})::text".format(quote_column(name), zone)


def read_counters(execute: Execute, catalogue: Dict[str, Any]) -> Dict[str, Any]:
    """By table the greatest number that the sequence of its primary key has handed out or passed over.

    One that was never used nor set is left out.
    """
    of_key = {
        (name, column["name"])
        for name, table in catalogue["tables"].items()
        for column in table["columns"]
        if column["pk"] and is_read(name, table)
    }
    owned = {
        name: facts for name, facts in catalogue["sequences"].items() if (facts["table"], facts["column"]) in of_key
    }
    if not owned:
        return {}
    parts = ["SELECT {}, last_value, is_called FROM {}".format(literal(name), quote(name)) for name in owned]
    counters = {}
    for name, last, called in execute(" UNION ALL ".join(parts)):
        if called or last != owned[name]["start"]:
            counters[owned[name]["table"]] = last if called else last - owned[name]["increment"]
    return counters
