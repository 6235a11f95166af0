"""Two SQLite files compared without migwizard: what is in the schema, and the rows whatever their numbers are."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

BOOKKEEPING = {"django_migrations", "migwizard_history_backup", "sqlite_sequence"}
_HASHED = re.compile(r"^\w+_[0-9a-f]{8}(?=(_uniq)?$)")
DEPTH = 4
"""How far the rows that a row points to are part of what it is."""


def differences(old: Path, new: Path) -> list[str]:
    """What one database has and the other has not, or has otherwise; empty where they are equal."""
    with closing(_open(old)) as first, closing(_open(new)) as second:
        schemas, rows = (_schema(first), _schema(second)), (_rows(first), _rows(second))
    if not schemas[0]:
        return ["the old history built nothing"]
    found = [f"schema: {line}" for line in _differing(*schemas)]
    for table in sorted(rows[0].keys() & rows[1].keys()):
        lost, gained = rows[0][table] - rows[1][table], rows[1][table] - rows[0][table]
        if lost or gained:
            lines = [*(f"- {row}" for row in lost), *(f"+ {row}" for row in gained)]
            found.append(f"rows of {table}: {'; '.join(lines)[:400]}")
    return found


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def _differing(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield f"{name}: {old.get(name, 'missing')} became {new.get(name, 'missing')}"[:600]


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [name for (name,) in found if name not in BOOKKEEPING]


def _schema(connection: sqlite3.Connection) -> dict[str, Any]:
    """Every column, key, index, view and trigger by a name that says what it is; the order of columns does not count."""
    found: dict[str, Any] = {}
    for table in _tables(connection):
        columns = connection.execute(f'PRAGMA table_xinfo("{table}")').fetchall()
        for _, name, kind, needed, default, key, hidden in columns:
            found[f"{table}.{name}"] = (kind.upper(), needed, default, key, hidden)
        keys = connection.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
        found[f"{table} foreign keys"] = sorted((row[3], row[2], row[4], row[5], row[6]) for row in keys)
        (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        found[f"{table} expressions"] = sorted(_expressions(sql))
        found[f"{table} numbers its rows"] = "AUTOINCREMENT" in sql
        found[f"{table} deferred"] = sql.count("DEFERRABLE")
        uniques = [row for row in connection.execute(f'PRAGMA index_list("{table}")').fetchall() if row[3] != "c"]
        found[f"{table} keys"] = sorted(_columns(connection, row[1]) for row in uniques)
    others = "SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL"
    for kind, name, sql in connection.execute(others):
        # An index that Django named keeps the name of its first table or column through renames.
        named = _HASHED.sub("*", name)
        text = " ".join(sql.replace('"', "").split()).replace(name, named)
        found[f"{kind} {text if '*' in named else name}"] = text
    return found


def _columns(connection: sqlite3.Connection, index: str) -> list[str]:
    return [str(row[2]) for row in connection.execute(f'PRAGMA index_info("{index}")')]


def _expressions(sql: str) -> Iterator[str]:
    """The conditions and generated columns in the SQL of a table."""
    for match in re.finditer(r"(CONSTRAINT \"?\w+\"? )?(CHECK|AS) \(", sql):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        yield sql[match.start() : end].replace('"', "")


def _rows(connection: sqlite3.Connection) -> dict[str, Counter[str]]:
    """The rows of every table; numbers that only tell rows apart are replaced by what their rows hold."""
    reader = _Reader(connection)
    return {table: Counter(reader.all(table)) for table in _tables(connection)}


class _Reader:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._rows: dict[str, dict[Any, dict[str, Any]]] = {}
        self._links: dict[str, dict[str, tuple[str, str]]] = {}
        self._dropped: dict[str, set[str]] = {}
        self._masked: dict[str, set[str]] = {}
        for table in _tables(connection):
            columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            names = [column[1] for column in columns]
            rows = [
                dict(zip(names, row, strict=True))
                for row in connection.execute(f'SELECT {_quoted(names)} FROM "{table}"')
            ]
            links = connection.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
            self._links[table] = {row[3]: (row[2], row[4]) for row in links}
            keys = [column[1] for column in columns if column[5]]
            own = set(keys) - self._links[table].keys()
            # A key of several columns is data; a single one is a number.
            self._dropped[table] = own if len(keys) == 1 else set()
            self._masked[table] = {column[1] for column in columns if column[2].lower() in ("datetime", "char(32)")}
            self._rows[table] = dict(enumerate(rows))

    def all(self, table: str) -> Iterator[str]:
        """Each row as a text."""
        return (self._text(table, row, DEPTH) for row in self._rows[table].values())

    def _text(self, table: str, row: dict[str, Any], depth: int) -> str:
        parts = []
        for name in sorted(row):
            value = row[name]
            if name in self._dropped[table]:
                continue
            if name in self._links[table] and value is not None:
                value = self._target(*self._links[table][name], value, depth)
            elif name in self._masked[table] and value is not None:
                value = "*"
            parts.append(f"{name}={value!r}")
        return f"({', '.join(parts)})"

    def _target(self, table: str, column: str, value: Any, depth: int) -> str:
        if not depth or table not in self._rows:
            return "..."
        for row in self._rows[table].values():
            if row[column] == value:
                return self._text(table, row, depth - 1)
        return "nowhere"


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
