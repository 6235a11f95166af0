"""Reads the rows of a PostgreSQL database by value: numbers and booleans as they are, everything else as its text.

The text is PostgreSQL's own, so that no driver, no converter of the project and no value that Python cannot hold stands
between what is stored and what is compared. A key is read in the same way wherever it is read.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Sequence, Tuple

from .postgresql_names import OWN_TABLES, literal, quote

Execute = Callable[[str], Sequence[Tuple[Any, ...]]]

RECORDER_TABLE = "django_migrations"
_PLAIN = {"smallint", "integer", "bigint", "boolean", "text", "oid"}


def read_rows(execute: Execute, catalogue: Dict[str, Any]) -> Dict[str, Any]:
    """All rows of all tables and materialised views of `catalogue`, in the order of the primary key, and how far each
    sequence has counted.

    The table of applied migrations is left out, since it differs by intention; so are partitions, whose rows are those
    of the table above them, and what the user of the settings may not see.
    """
    tables = {}
    for name, table in [*catalogue["tables"].items(), *_views(catalogue)]:
        if is_read(name, table):
            columns, key = column_names(table), key_names(table)
            order = ", ".join(quote_column(column) for column in key) or "ctid"
            only = "ONLY " if table.get("type") == "table" else ""
            sql = "SELECT {} FROM {}{} ORDER BY {}".format(_selected(table, columns), only, quote(name), order)
            tables[name] = {"columns": columns, "pk": key, "rows": [list(row) for row in execute(sql)]}
    return {"tables": tables, "sequences": read_counters(execute, catalogue)}


def _views(catalogue: Dict[str, Any]) -> List[Tuple[str, Dict[str, Any]]]:
    """The materialised views that hold something."""
    views = catalogue["objects"].get("view", {})
    return [(name, view) for name, view in views.items() if view["materialised"] and view["populated"]]


def keyed(execute: Execute, name: str, table: Dict[str, Any]) -> Dict[Tuple[Any, ...], Tuple[Any, ...]]:
    """The rows of one table by primary key; a table without one is known by where its rows lie."""
    key, columns = key_names(table), column_names(table)
    keys = _selected(table, key) if key else "ctid::text"
    width = len(key) or 1
    # The rows of tables that inherit from this one are theirs.
    only = "ONLY " if table["type"] == "table" else ""
    selected = ", ".join(filter(None, [keys, _selected(table, columns)]))
    sql = "SELECT {} FROM {}{}".format(selected, only, quote(name))
    return {tuple(row[:width]): tuple(row[width:]) for row in execute(sql)}


def is_read(name: str, table: Dict[str, Any]) -> bool:
    if name.rpartition(".")[2] in (RECORDER_TABLE, *OWN_TABLES) or table.get("hidden"):
        return False
    return table.get("type") != "foreign" and not table.get("partition")


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
    """The last number that each sequence has handed out or passed over; one that was never used nor set is left out.

    The sequence of a primary key is known by its table, that of another column by both, one of no column by its own name.
    """
    names = {}
    for name, facts in catalogue["sequences"].items():
        table, column = facts["table"], facts["column"]
        if table is None:
            names[name] = name
        elif table in catalogue["tables"] and is_read(table, catalogue["tables"][table]):
            is_key = column in key_names(catalogue["tables"][table])
            names[name] = table if is_key else "{}.{}".format(table, column)
    if not names:
        return {}
    parts = ["SELECT {}, last_value, is_called FROM {}".format(literal(name), quote(name)) for name in names]
    counters = {}
    for name, last, called in execute(" UNION ALL ".join(parts)):
        facts = catalogue["sequences"][name]
        if called or last != facts["start"]:
            counters[names[name]] = last if called else last - facts["increment"]
    return counters
