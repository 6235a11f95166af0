"""Two databases compared without migwizard: what is in the schema, and the rows whatever their numbers are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

BOOKKEEPING = {"django_migrations", "migwizard_history_backup", "sqlite_sequence"}
HASHED = re.compile(r"^\w+_[0-9a-f]{8}(?=(_uniq)?$)")
"""The part of a name that Django made up."""
DEPTH = 4
"""How far the rows that a row points to are part of what it is."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table, and what their values mean."""

    rows: list[dict[str, Any]]
    """Value by column."""
    keys: list[str]
    """The columns of the primary key."""
    links: Mapping[str, tuple[str, str]]
    """Table and column that a column points to."""
    passing: set[str]
    """Columns of moments and of random numbers."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What lies in a database."""

    schema: dict[str, Any]
    """What it is, by a name that says which; equal where nothing differs."""
    rows: dict[str, Counter[str]]
    """Rows as text, by table."""
    behind: set[str] = field(default_factory=set)
    """Counters whose next number is that of a row which is there."""


def seen(schema: dict[str, Any], tables: Mapping[str, Table], behind: set[str] | None = None) -> Seen:
    """What an engine's own means showed, without the tables in which Django and migwizard keep books."""
    kept = {name: table for name, table in tables.items() if name not in BOOKKEEPING}
    return Seen(schema, {name: Counter(_texts(name, kept)) for name in kept}, behind or set())


def differences(old: Seen, new: Seen) -> list[str]:
    """What one database has and the other has not, or has otherwise; empty where they are equal."""
    if not old.schema:
        return ["the old history built nothing"]
    found = [f"schema: {line}" for line in _differing(old.schema, new.schema)]
    for table in sorted(old.rows.keys() & new.rows.keys()):
        lost, gained = old.rows[table] - new.rows[table], new.rows[table] - old.rows[table]
        if lost or gained:
            lines = [*(f"- {row}" for row in lost), *(f"+ {row}" for row in gained)]
            found.append(f"rows of {table}: {'; '.join(lines)[:400]}")
    found += [f"counter: the next row of {name} has the key of another one" for name in sorted(new.behind - old.behind)]
    return found


def _differing(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield f"{name}: {old.get(name, 'missing')} became {new.get(name, 'missing')}"[:600]


def _texts(table: str, tables: Mapping[str, Table]) -> Iterator[str]:
    """Each row as a text; numbers that only tell rows apart are replaced by what their rows hold."""
    return (_text(tables, table, row, DEPTH) for row in tables[table].rows)


def _text(tables: Mapping[str, Table], name: str, row: dict[str, Any], depth: int) -> str:
    table, parts = tables[name], []
    # A key of several columns is data; a single one is a number.
    number = set(table.keys) - table.links.keys() if len(table.keys) == 1 else set()
    for column in sorted(row.keys() - number):
        value = row[column]
        if column in table.links and value is not None:
            value = _target(tables, *table.links[column], value, depth)
        elif column in table.passing and value is not None:
            value = "*"
        parts.append(f"{column}={value!r}")
    return f"({', '.join(parts)})"


def _target(tables: Mapping[str, Table], name: str, column: str, value: Any, depth: int) -> str:
    if not depth or name not in tables:
        return "..."
    for row in tables[name].rows:
        if row[column] == value:
            return _text(tables, name, row, depth - 1)
    return "nowhere"
