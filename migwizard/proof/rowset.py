"""The rows of a database with their references, ready to be compared.

Content types and permissions are numbered by post_migrate in an order that says nothing. So they are known by their
natural key, and every foreign key that leads to them, also through a child table, holds that key in place of the number.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from migwizard.proof.sql_text import lower

CONTENT_TYPES = "django_content_type"
PERMISSIONS = "auth_permission"
NATURAL_KEYS = {CONTENT_TYPES: ("app_label", "model"), PERMISSIONS: ("content_type_id", "codename")}

Key = tuple[Hashable, ...]
Column = tuple[str, str]
"""Table and column, both in lower case."""


@dataclass(frozen=True, slots=True)
class Natural:
    """A content type or permission, in place of its number."""

    table: str
    key: Key

    def __str__(self) -> str:
        return ".".join(map(str, self.key))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key, and its value in each column."""

    key: Key
    cells: Mapping[str, Hashable]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table; names are in lower case."""

    name: str
    key: tuple[str, ...]
    """The columns of the (natural) key; empty where the table has none."""

    columns: frozenset[str]
    """All columns that count: without the number of a content type or permission."""

    rows: tuple[Row, ...]
    references: Mapping[str, Column]
    """Foreign keys of one column, but those that hold a natural key by now."""

    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class Database:
    """All tables by name, and the rows that foreign keys lead to."""

    tables: Mapping[str, Table]
    _targets: dict[Column, dict[Hashable, int]] = field(default_factory=dict)

    def target(self, column: Column, value: Hashable) -> int | None:
        """The place among its table's rows of the row with `value` in the referenced `column`; None when it dangles."""
        if column not in self._targets:
            rows = self.tables[column[0]].rows if column[0] in self.tables else ()
            self._targets[column] = {row.cells.get(column[1]): place for place, row in enumerate(rows)}
        return self._targets[column].get(value)


def read_database(rows: Mapping[str, Any], catalogue: Mapping[str, Any]) -> Database:
    """The rows as `read_rows` gives them, with the foreign keys of the catalogue."""
    tables = {lower(name): table for name, table in rows["tables"].items()}
    references = _references(catalogue)
    numbers = _natural_numbers(tables)
    return Database({name: _read_table(name, table, references, numbers) for name, table in tables.items()})


def freeze(value: Any) -> Hashable:
    """A raw value as something that can be compared exactly: 1 and 1.0 are stored differently."""
    if isinstance(value, float):
        return ("$float", repr(value))
    if isinstance(value, dict):
        return next(iter(value.items()))
    frozen: Hashable = value
    return frozen


def show(value: Hashable) -> str:
    """A value for a person."""
    if value is None:
        return "NULL"
    if isinstance(value, tuple):
        return f"X'{value[1]}'" if value[0] == "$bytes" else str(value[1])
    if isinstance(value, str):
        return f"'{value}'"
    return str(value)


def _references(catalogue: Mapping[str, Any]) -> dict[Column, Column]:
    """Where each foreign key of a single column leads to."""
    found = {(PERMISSIONS, "content_type_id"): (CONTENT_TYPES, "id")}
    keys = {
        lower(name): [lower(column["name"]) for column in table["columns"] if column["pk"] == 1]
        for name, table in catalogue["tables"].items()
    }
    for name, table in catalogue["tables"].items():
        composite = {part["id"] for part in table["foreign_keys"] if part["seq"] > 0}
        for part in table["foreign_keys"]:
            target = lower(part["table"])
            columns = [lower(part["to"])] if part["to"] else keys.get(target, [])
            if part["id"] not in composite and columns:
                found[lower(name), lower(part["from"])] = (target, columns[0])
    return found


def _natural_numbers(tables: Mapping[str, Any]) -> dict[str, dict[Hashable, Natural]]:
    """The natural key by number, of content types and of permissions."""
    found: dict[str, dict[Hashable, Natural]] = {}
    for table in NATURAL_KEYS:
        found[table] = {}
        columns = _natural_key(table, tables[table]["columns"]) if table in tables else ()
        for values in _as_dicts(tables[table]) if columns else ():
            key = tuple(values.get(column) for column in columns)
            if table == PERMISSIONS:
                key = (found[CONTENT_TYPES].get(key[0], key[0]), key[1])
            found[table][values.get("id")] = Natural(table, key)
    return found


def _natural_key(name: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The natural key of a table that has one; another table of that name has none."""
    key = NATURAL_KEYS.get(name, ())
    return key if {"id", *key} <= set(map(lower, columns)) else ()


def _as_dicts(table: Mapping[str, Any]) -> list[dict[str, Hashable]]:
    names = [lower(column) for column in table["columns"]]
    return [dict(zip(names, map(freeze, row), strict=True)) for row in table["rows"]]


def _read_table(
    name: str,
    raw: Mapping[str, Any],
    references: Mapping[Column, Column],
    numbers: Mapping[str, Mapping[Hashable, Natural]],
) -> Table:
    """One table with natural keys in place of numbers."""
    own = [lower(column) for column in raw["columns"]]
    natural_key = _natural_key(name, own)
    columns = frozenset(own) - ({"id"} if natural_key else set())
    key = natural_key or tuple(lower(column) for column in raw["pk"])
    natural = {column: _natural_table((name, column), references) for column in columns}
    rows = []
    for values in _as_dicts(raw):
        cells = {column: numbers.get(natural[column], {}).get(values[column], values[column]) for column in columns}
        rows.append(Row(tuple(cells[column] for column in key), cells))
    kept = {
        column: references[name, column]
        for column in sorted(columns)
        if (name, column) in references and not natural[column]
    }
    return Table(name, key, columns, tuple(rows), kept, raw.get("unreadable"))


def _natural_table(column: Column, references: Mapping[Column, Column]) -> str:
    """The content types or permissions that a foreign key leads to, also through other foreign keys; else empty."""
    seen: Sequence[Column] = ()
    while column in references and column not in seen:
        seen = (*seen, column)
        column = references[column]
        if column[0] in NATURAL_KEYS and column[1] == "id":
            return column[0]
    return ""
