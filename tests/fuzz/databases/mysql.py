"""MariaDB (and MySQL): databases of their own on the server, looked at by SHOW CREATE and by PyMySQL."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from tests.fuzz.databases import Databases
from tests.fuzz.eyes import Seen, Table, seen
from tests.mysql import server
from tests.stored import MysqlDatabase

_SETTINGS = """\
{driver}
DATABASES = {{"default": {settings!r}}}
"""
_MADE_UP = (
    # What Django or the server names keeps the name of its first table or column through renames.
    (r"CONSTRAINT `(\w+)` FOREIGN KEY", r"\w+_fk_\w+|\w+_[0-9a-f]{8}_fk\w*|\w+_ibfk_\d+"),
    (r"KEY `(\w+)` \(", r"\w+_[0-9a-f]{8}(_uniq|_fk\w*)?|\w+_fk_\w+"),
    # A unique column's key has its first name; those that a story names have a number.
    (r"UNIQUE KEY `(\w+)` \(`\w+`\)", "[a-z_]+"),
)


class OnServer(Databases):
    """Databases whose names say which process made them."""

    consent = ("--database", "default")

    def __init__(self, folder: Path, seed: str) -> None:
        self._names: dict[str, None] = {}
        self._start = f"fuzz_{os.getpid()}_{re.sub('[^0-9a-z]', '_', seed.lower())}"
        self.own = self.idle = self.fresh("own")
        self.settings = _SETTINGS.format(driver=server.DRIVER, settings=server.settings(self.own))

    def fresh(self, what: str) -> str:
        name = f"{self._start}_{what}"
        _drop(name)
        self._names[name] = None
        server.query(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
        return name

    def stored(self) -> MysqlDatabase:
        return MysqlDatabase(self.own, server.HOST, server.PORT, server.USER, server.PASSWORD)

    def look(self, name: str) -> Seen:
        return seen(_schema(name), {table: _rows(name, table) for table in _of(name, "BASE TABLE")})

    def remove(self) -> None:
        for name in self._names:
            _drop(name)


OWN = OnServer


def version() -> str:
    return str(server.query("SELECT version()")[0][0]).partition("-")[0]


def why_not() -> str:
    return server.why_not()


def sweep() -> None:
    for name in server.databases():
        found = re.match(r"fuzz_(\d+)_", name)
        if found and not Path("/proc", found[1]).exists():
            _drop(name)


def _drop(name: str) -> None:
    server.query(f"DROP DATABASE IF EXISTS `{name}`")


def _of(name: str, kind: str) -> list[str]:
    statement = (
        "SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type = %s ORDER BY 1"
    )
    return [table for (table,) in server.query(statement, parameters=(name, kind))]


def _schema(name: str) -> dict[str, Any]:
    """What the server says with SHOW CREATE, without names that nobody chose and without the order of columns."""
    found: dict[str, Any] = {}
    for table in _of(name, "BASE TABLE"):
        found |= _table(table, _shown(name, "TABLE", table))
    for table in _of(name, "SEQUENCE"):
        found[f"sequence {table}"] = _shown(name, "SEQUENCE", table)
    for table in _of(name, "VIEW"):
        found[f"view {table}"] = _shown(name, "VIEW", table)
    for kind, statement in (
        ("TRIGGER", "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = %s"),
        ("EVENT", "SELECT event_name FROM information_schema.events WHERE event_schema = %s"),
        (
            "FUNCTION",
            "SELECT routine_name FROM information_schema.routines WHERE routine_schema = %s AND routine_type = 'FUNCTION'",
        ),
        (
            "PROCEDURE",
            "SELECT routine_name FROM information_schema.routines WHERE routine_schema = %s AND routine_type = 'PROCEDURE'",
        ),
    ):
        for (one,) in server.query(statement, parameters=(name,)):
            found[f"{kind.lower()} {one}"] = _shown(name, kind, one)
    return found


def _shown(name: str, kind: str, what: str) -> str:
    """The definition of one object, as the server writes it."""
    (row,) = server.query(f"SHOW CREATE {kind} `{what}`", name)
    (text, *_) = [value for value in row if isinstance(value, str) and value.startswith("CREATE ")]
    return text.replace(f"`{name}`.", "")


def _table(name: str, text: str) -> dict[str, Any]:
    """Every column, key and constraint of a table by a name that says what it is."""
    _, *lines, last = text.splitlines()
    found: dict[str, Any] = {f"{name} options": re.sub(r" AUTO_INCREMENT=\d+", "", last)}
    columns = {match[1] for line in lines if (match := re.match(r"  `(\w+)`", line))}
    unsigned = {match[1] for line in lines if (match := re.match(r"  `(\w+)` \w+\(\d+\) unsigned", line))}
    several: dict[str, int] = {}
    for line in lines:
        # An unsigned column is never below zero; MariaDB forgets that check of Django's when the column is altered.
        idle = re.search(r"( |CONSTRAINT `\w+_check` )CHECK \(`(\w+)` >= 0\),?$", line)
        if idle and idle[2] in unsigned:
            line = line[: idle.start()].rstrip()
        if not line:
            continue
        plain = _anonymous(line.strip().rstrip(","), columns)
        title = re.match(r"(?:\w+ )*`(\w+)`", plain)
        of = f"{name}.{title[1] if title else plain}"
        several[of] = several.get(of, 0) + 1
        found[f"{of} {plain if title is None else ''}".rstrip() if several[of] == 1 else f"{of} again"] = plain
    return found


def _anonymous(line: str, columns: set[str]) -> str:
    for place, made_up in _MADE_UP:
        match = re.search(place, line)
        # The server names the key of a unique column like the column.
        if match and (re.fullmatch(made_up, match[1]) or match[1] in columns):
            line = line[: match.start(1) - 1] + "*" + line[match.end(1) + 1 :]
    return line


def _rows(name: str, table: str) -> Table:
    where = "table_schema = %s AND table_name = %s"
    columns = server.query(
        f"SELECT column_name, data_type, column_key FROM information_schema.columns WHERE {where}",
        parameters=(name, table),
    )
    links = server.query(
        "SELECT column_name, referenced_table_name, referenced_column_name FROM information_schema.key_column_usage "
        f"WHERE {where} AND referenced_table_name IS NOT NULL",
        parameters=(name, table),
    )
    names = [column for column, _, _ in columns]
    quoted = ", ".join(f"`{column}`" for column in names)
    return Table(
        rows=[dict(zip(names, row, strict=True)) for row in server.query(f"SELECT {quoted} FROM `{table}`", name)],
        keys=[column for column, _, key in columns if key == "PRI"],
        links={column: (target, other) for column, target, other in links},
        passing={column for column, kind, _ in columns if kind in ("datetime", "uuid")},
    )
