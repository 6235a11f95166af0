"""SQLite: files beside the project, looked at by sqlite3."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.fuzz.databases import Databases
from tests.fuzz.eyes import BOOKKEEPING, HASHED, Seen, Table, seen
from tests.stored import SqliteFile

_SETTINGS = """\
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
"""


class Files(Databases):
    """Each is a file in the folder; the project's own is one of the project."""

    settings = _SETTINGS
    idle = ":memory:"

    def __init__(self, folder: Path, seed: str) -> None:
        self._folder = folder
        self.own = str(folder / "project" / "db.sqlite3")

    def fresh(self, what: str) -> str:
        path = self._folder / f"{what}.sqlite3"
        path.unlink(missing_ok=True)
        return str(path)

    def stored(self) -> SqliteFile:
        return SqliteFile(Path(self.own))

    def look(self, name: str) -> Seen:
        with closing(sqlite3.connect(f"file:{name}?mode=ro", uri=True)) as connection:
            return seen(_schema(connection), {table: _rows(connection, table) for table in _tables(connection)})

    def remove(self) -> None:
        pass


OWN = Files


def version() -> str:
    return sqlite3.sqlite_version


def why_not() -> str:
    return ""


def sweep() -> None:
    pass


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
        named = HASHED.sub("*", name)
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


def _rows(connection: sqlite3.Connection, table: str) -> Table:
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    names = [column[1] for column in columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    links = connection.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
    return Table(
        rows=[
            dict(zip(names, row, strict=True))
            for row in connection.execute(f'SELECT {quoted} FROM "{table}"').fetchall()
        ],
        keys=[column[1] for column in columns if column[5]],
        links={row[3]: (row[2], row[4]) for row in links},
        passing={column[1] for column in columns if column[2].lower() in ("datetime", "char(32)")},
    )
