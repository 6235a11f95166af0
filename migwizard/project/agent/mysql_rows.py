"""Reads the rows of a MySQL or MariaDB database by value: numbers as they are, everything else as its text or bytes.

Texts travel as the bytes of their UTF-8: what the connection of a project cannot say in its own character set would
arrive as question marks, in both histories alike. A key is read in the same way wherever it is read.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .mysql_names import BACKUP_TABLE, MARK_TABLE, RECORDER_TABLE, Execute, quote

_NUMBERS = {"tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year"}
_FLOATS = {"float", "double", "real"}
_TEXTS = {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json"}
_BYTES = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"}
_WRITTEN = {"decimal", "numeric", "date", "uuid", "inet4", "inet6"}
_MOMENTS = {"time", "datetime", "timestamp"}


def read_rows(execute: Execute, catalogue: Dict[str, Any]) -> Dict[str, Any]:
    """All rows of all tables of `catalogue`, in the order of the primary key, and how far each table has counted.

    Bytes become `{"$bytes": hex}`. The table of applied migrations is left out, since it differs by intention.
    """
    tables = {}
    for name, table in catalogue["tables"].items():
        if is_read(name):
            columns, key = column_names(table), key_names(table)
            order = " ORDER BY {}".format(", ".join(map(quote, key))) if key else ""
            rows = [[_as_json(value) for value in row] for row in _select(execute, name, table, columns, order)]
            tables[name] = {"columns": columns, "pk": key, "rows": rows}
    return {"tables": tables, "sequences": read_counters(catalogue)}


def keyed(execute: Execute, name: str, table: Dict[str, Any]) -> Dict[Tuple[Any, ...], Tuple[Any, ...]]:
    """The rows of one table by primary key; one without is known by what was written, and its number among equal rows."""
    key, columns = key_names(table), column_names(table)
    written = [place for place, column in enumerate(table["columns"]) if not column["generated"]]
    found, seen = {}, {}  # type: Dict[Tuple[Any, ...], Tuple[Any, ...]], Dict[Tuple[Any, ...], int]
    for row in _select(execute, name, table, key + columns):
        values = row[len(key) :]
        known = row[: len(key)]
        if not key:
            known = tuple(values[place] for place in written)
            seen[known] = seen.get(known, 0) + 1
            known = (*known, seen[known])
        found[known] = values
    return found


def is_read(name: str) -> bool:
    return name not in (RECORDER_TABLE, BACKUP_TABLE, MARK_TABLE)


def column_names(table: Dict[str, Any]) -> List[str]:
    return [column["name"] for column in table["columns"]]


def key_names(table: Dict[str, Any]) -> List[str]:
    return [column["name"] for column in sorted(table["columns"], key=lambda column: column["pk"]) if column["pk"]]


def read_counters(catalogue: Dict[str, Any]) -> Dict[str, int]:
    """By table the greatest number that it has handed out or passed over; one that never counted is left out."""
    return {name: table["counter"] for name, table in catalogue["tables"].items() if table["counter"] and is_read(name)}


def _select(
    execute: Execute, name: str, table: Dict[str, Any], columns: List[str], order: str = ""
) -> List[Tuple[Any, ...]]:
    kinds = {column["name"]: _kind(column["type"]) for column in table["columns"]}
    selected = ", ".join(_value(quote(column), kinds[column]) for column in columns)
    readers = [_reader(kinds[column]) for column in columns]
    found = execute("SELECT {} FROM {}{}".format(selected, quote(name), order))
    return [tuple(None if v is None else read(v) for read, v in zip(readers, row)) for row in found]


def _kind(column_type: str) -> str:
    return column_type.partition("(")[0].partition(" ")[0].lower()


def _value(name: str, kind: str) -> str:
    """The expression for a column whose value no driver and no converter of a project changes on its way."""
    if kind in _NUMBERS:
        return name
    if kind == "bit":
        return "{} + 0".format(name)
    if kind in _FLOATS:
        # A float alone would be written with six digits.
        return "{} + 0e0".format(name)
    if kind in _TEXTS:
        return "CAST(CONVERT({} USING utf8mb4) AS BINARY)".format(name)
    if kind in _BYTES:
        return "CAST({} AS BINARY)".format(name)
    if kind in _WRITTEN:
        return "CAST({} AS CHAR)".format(name)
    if kind in _MOMENTS:
        # Without a fraction that is nothing: so Python writes it too.
        return "TRIM(TRAILING '.000000' FROM CAST({} AS CHAR))".format(name)
    return "HEX({})".format(name)


def _reader(kind: str) -> Any:
    if kind in _NUMBERS or kind == "bit":
        return int
    if kind in _FLOATS:
        return float
    if kind in _BYTES:
        return bytes
    return _text if kind in _TEXTS | _WRITTEN | _MOMENTS else bytes.fromhex


def _text(value: Any) -> str:
    return value if isinstance(value, str) else bytes(value).decode()


def _as_json(value: Any) -> Any:
    return {"$bytes": value.hex()} if isinstance(value, bytes) else value
