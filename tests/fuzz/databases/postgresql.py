"""PostgreSQL: databases of their own on the server, looked at by pg_dump and by psycopg."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.fuzz.databases import Databases
from tests.fuzz.eyes import Seen, Table, seen
from tests.postgresql import server
from tests.stored import PostgresqlDatabase

_SETTINGS = """\
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "{name}",
        "HOST": "{host}",
        "PORT": "{port}",
        "USER": "{user}",
    }}
}}
"""
_MADE_UP = (
    # What Django or the server names keeps the name of its first table or column through renames.
    (r"CONSTRAINT (\S+) PRIMARY KEY", r"\w+_pkey"),
    (r"CONSTRAINT (\S+) UNIQUE", r"\w+_key\d*|\w+_[0-9a-f]{8}_uniq"),
    (r"CONSTRAINT (\S+) FOREIGN KEY", r"\w+_fkey|\w+_[0-9a-f]{8}_fk(_\w+)?"),
    (r"CONSTRAINT (\S+) CHECK", r"\w+_check\d*"),
    (r"INDEX (\S+) ON", r"\w+_[0-9a-f]{8}(_like|_uniq)?"),
    (r"SEQUENCE NAME \w+\.(\S+)", r"\w+_seq\d*"),
)
_ENTRY = re.compile(
    r"^--\n-- Name: (?P<name>.*); Type: (?P<kind>.*); Schema: (?P<schema>.*); Owner: .*\n--\n", re.MULTILINE
)
_COLUMNS = """
SELECT c.oid::regclass::text, a.attname, a.atttypid::regtype::text
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace NOT IN (
    SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg_%' OR nspname = 'information_schema')
"""
_KEYS = """
SELECT conrelid::regclass::text, contype::text, confrelid::regclass::text,
    (SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)),
    (SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = confrelid AND attnum = ANY (confkey))
FROM pg_constraint WHERE contype IN ('p', 'f')
"""
_COUNTERS = """
SELECT d.refobjid::regclass::text, a.attname, d.objid::regclass::text
FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('i', 'a')
    AND (SELECT relkind FROM pg_class WHERE oid = d.objid) = 'S'
"""


class OnServer(Databases):
    """Databases whose names say which process made them."""

    consent = ("--database", "default")

    def __init__(self, folder: Path, seed: str) -> None:
        self._names: dict[str, None] = {}
        self._start = f"fuzz_{os.getpid()}_{re.sub('[^0-9a-z]', '_', seed.lower())}"
        self.own = self.idle = self.fresh("own")
        self.settings = _SETTINGS.format(name=self.own, host=server.HOST, port=server.PORT, user=server.USER)

    def fresh(self, what: str) -> str:
        name = f"{self._start}_{what}"
        _drop(name)
        self._names[name] = None
        with server.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def stored(self) -> PostgresqlDatabase:
        return PostgresqlDatabase(self.own, server.HOST, server.PORT, server.USER, "")

    def look(self, name: str) -> Seen:
        with server.connect(name) as connection:
            return seen(_schema(name), _tables(connection), set(_behind(connection)))

    def remove(self) -> None:
        for name in self._names:
            _drop(name)


OWN = OnServer


def version() -> str:
    return str(server.query("SHOW server_version")[0][0]).partition(" ")[0]


def why_not() -> str:
    return server.why_not()


def sweep() -> None:
    for name in server.databases():
        found = re.match(r"fuzz_(\d+)_", name)
        if found and not Path("/proc", found[1]).exists():
            _drop(name)


def _drop(name: str) -> None:
    with server.connect() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _schema(name: str) -> dict[str, Any]:
    """What pg_dump writes, entry by entry, without names that nobody chose and without the order of columns."""
    command = ["pg_dump", "--schema-only", "--no-owner", "-h", server.HOST, "-p", server.PORT, "-U", server.USER, name]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    text = "\n".join(
        line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict", "SET default_"))
    )
    found: dict[str, list[str]] = {}
    entries = list(_ENTRY.finditer(text))
    for entry, after in zip(entries, [*entries[1:], None], strict=True):
        body = text[entry.end() : after.start() if after else len(text)].partition("\n--\n-- PostgreSQL database dump")[
            0
        ]
        plain = _anonymous(_sorted_columns(body.strip()))
        title = f"{entry['kind']} {plain if plain != _sorted_columns(body.strip()) else entry['schema'] + '.' + entry['name']}"
        found.setdefault(title, []).append(plain)
    return {title: sorted(texts) for title, texts in found.items()}


def _anonymous(text: str) -> str:
    for place, made_up in _MADE_UP:
        for match in reversed(list(re.finditer(place, text))):
            if re.fullmatch(made_up, match[1].strip('"')):
                text = text[: match.start(1)] + "*" + text[match.end(1) :]
    return text


def _sorted_columns(text: str) -> str:
    match = re.match(r"(CREATE TABLE \S+ \(\n)(.*?)(\n\).*)", text, re.DOTALL)
    if match is None:
        return text
    lines = sorted(line.rstrip(",") for line in match[2].splitlines())
    return match[1] + "\n".join(lines) + match[3]


def _tables(connection: psycopg.Connection[tuple[Any, ...]]) -> dict[str, Table]:
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(_COLUMNS).fetchall():
        columns.setdefault(table, {})[column] = kind
    keys: dict[str, list[str]] = {}
    links: dict[str, dict[str, tuple[str, str]]] = {}
    for table, kind, target, own, others in connection.execute(_KEYS).fetchall():
        if kind == "p":
            keys[table] = own
        elif len(own) == 1:
            links.setdefault(table, {})[own[0]] = (target, others[0])
    return {
        table: Table(
            rows=_rows(connection, table, list(kinds)),
            keys=keys.get(table, []),
            links=links.get(table, {}),
            passing={name for name, kind in kinds.items() if kind in ("timestamp with time zone", "uuid")},
        )
        for table, kinds in columns.items()
    }


def _rows(connection: psycopg.Connection[tuple[Any, ...]], table: str, columns: list[str]) -> list[dict[str, Any]]:
    texts = ", ".join(f'"{column}"::text' for column in columns) or "NULL"
    found = connection.execute(f"SELECT {texts} FROM {table}".encode()).fetchall()
    return [dict(zip(columns, row, strict=False)) for row in found]


def _behind(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[str]:
    for table, column, sequence in connection.execute(_COUNTERS).fetchall():
        statement = f'SELECT last_value, is_called, (SELECT max("{column}") FROM {table}) FROM {sequence}'
        for last, called, most in connection.execute(statement.encode()).fetchall():
            if most is not None and last + called <= most:
                yield f"{table}.{column}"
