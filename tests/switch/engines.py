"""One database of each engine that the switch knows, as empty as a test wants it.

On a server it is made once for all tests of a process, and emptied before each.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pymysql

from migwizard.switch.manifest import Node
from tests.mysql import server as mysql
from tests.postgresql import server as postgresql


class Database(ABC):
    """A database that a test fills and looks at from outside, while the switch works on it through Django."""

    table: ClassVar[str]
    """The history as the statements of the switch name it."""
    waits_at: ClassVar[str]
    """How the statement begins at which a second switch waits for the first."""
    history: ClassVar[str]
    """The statement with which Django makes the history."""
    identity: ClassVar[str]
    """Type of a key that the database gives."""
    errors: ClassVar[type[Exception]]
    """What the driver raises."""
    driver: ClassVar[str] = ""
    """First lines of the settings of a project."""

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """What stands in DATABASES."""

    @abstractmethod
    def connect(self, *, patient: bool = True) -> Any:
        """A connection of the driver in which every statement commits; the impatient one does not wait for a lock."""

    @abstractmethod
    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one statement, committed."""

    @abstractmethod
    def dump(self) -> list[str]:
        """Every table with its columns and rows."""

    @abstractmethod
    def empty(self) -> None:
        """Drop whatever was made."""

    @abstractmethod
    def held(self) -> Any:
        """Context: somebody else writes to the history and does not end."""

    def make(self, rows: Iterable[Node], tables: Iterable[str] = ()) -> Database:
        """The history table as Django creates it, and one row a migration, each with its own time."""
        self.query(self.history)
        for table in tables:
            self.query(f"CREATE TABLE {self._quoted(table)} (id {self.identity})")
        # Without microseconds, too: both forms are in real databases.
        values = [
            f"('{app}', '{name}', '2019-01-{number % 28 + 1:02} 10:00:00" + (f".{number:06}')" if number % 3 else "')")
            for number, (app, name) in enumerate(rows)
        ]
        if values:
            self.query(f"INSERT INTO django_migrations (app, name, applied) VALUES {', '.join(values)}")
        return self

    def names(self) -> list[Node]:
        """The recorded migrations by id."""
        return [(app, name) for app, name in self.query("SELECT app, name FROM django_migrations ORDER BY id")]

    def rows(self) -> list[tuple[Any, ...]]:
        """The whole history, with ids and times."""
        return self.query("SELECT id, app, name, applied FROM django_migrations ORDER BY id")

    def record(self, app: str, name: str) -> None:
        self.query(f"INSERT INTO django_migrations (app, name, applied) VALUES ('{app}', '{name}', '2020-01-01')")

    def _quoted(self, name: str) -> str:
        return f'"{name}"'


class Sqlite(Database):
    """A file."""

    table, waits_at = '"django_migrations"', "BEGIN"
    errors = sqlite3.Error
    identity = "integer NOT NULL PRIMARY KEY AUTOINCREMENT"
    history = (
        f'CREATE TABLE "django_migrations" ("id" {identity}, "app" varchar(255) NOT NULL,'
        ' "name" varchar(255) NOT NULL, "applied" datetime NOT NULL)'
    )

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def settings(self) -> dict[str, Any]:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(self.path)}

    def connect(self, *, patient: bool = True) -> sqlite3.Connection:
        return sqlite3.connect(self.path, isolation_level=None, timeout=60 if patient else 0)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(self.connect()) as connection:
            return connection.execute(sql).fetchall()

    def dump(self) -> list[str]:
        """With the sequences."""
        with closing(self.connect()) as connection:
            return list(connection.iterdump())

    def empty(self) -> None:
        self.path.unlink(missing_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        with closing(self.connect()) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield


class _Server(Database):
    """A database of a server: its tables are those of the schema that `here` says."""

    here: ClassVar[str]

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def _own(self) -> Any:
        return self.connect()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with self._own.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []

    def dump(self) -> list[str]:
        columns = "SELECT column_name, column_type" if self.here == "DATABASE()" else "SELECT column_name, udt_name"
        found = []
        for table in self._tables():
            found += [
                f"{table}: {row}"
                for row in self.query(
                    f"{columns}, is_nullable FROM information_schema.columns WHERE table_schema = {self.here}"
                    f" AND table_name = '{table}' ORDER BY ordinal_position"
                )
            ]
            found += sorted(f"{table}: {row}" for row in self.query(f"SELECT * FROM {self._quoted(table)}"))
        return found

    def _tables(self) -> list[str]:
        where = f"table_schema = {self.here} AND table_type = 'BASE TABLE'"
        rows = self.query(f"SELECT table_name FROM information_schema.tables WHERE {where} ORDER BY 1")
        return [str(name) for (name,) in rows]


class Postgresql(_Server):
    """A database of a PostgreSQL server, or one schema of it, with public behind it in the search path."""

    table, waits_at, here = '"public"."django_migrations"', "SELECT pg_advisory_xact_lock", "current_schema()"
    errors = psycopg.Error
    identity = "bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY"
    history = (
        f"CREATE TABLE django_migrations (id {identity}, app varchar(255) NOT NULL,"
        " name varchar(255) NOT NULL, applied timestamp with time zone NOT NULL)"
    )

    def __init__(self, name: str, schema: str = "public") -> None:
        super().__init__(name)
        self.schema = schema

    @property
    def settings(self) -> dict[str, Any]:
        return postgresql.settings(self.name) | {"OPTIONS": {"options": f"-c search_path={self.schema},public"}}

    def connect(self, *, patient: bool = True) -> Any:
        options = f"-c search_path={self.schema},public -c lock_timeout={'60s' if patient else '1ms'}"
        # Tables go and come back: a statement that was prepared on the former ones would fail.
        return postgresql.connect(self.name, options=options, prepare_threshold=None)

    def empty(self) -> None:
        for (schema,) in self.query("SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^(pg_|information_)'"):
            self.query('DROP SCHEMA "{}" CASCADE'.format(schema.replace('"', '""')))
        self.query("CREATE SCHEMA public")

    @contextmanager
    def held(self) -> Iterator[None]:
        with closing(self.connect()) as holder:
            holder.execute("BEGIN")
            holder.execute("LOCK TABLE django_migrations IN ROW EXCLUSIVE MODE")
            yield


class Mysql(_Server):
    """A database of a MariaDB or MySQL server."""

    table, waits_at, here, driver = "`django_migrations`", "SELECT GET_LOCK", "DATABASE()", mysql.DRIVER
    errors = pymysql.Error
    identity = "bigint AUTO_INCREMENT NOT NULL PRIMARY KEY"
    history = (
        f"CREATE TABLE django_migrations (id {identity}, app varchar(255) NOT NULL,"
        " name varchar(255) NOT NULL, applied datetime(6) NOT NULL)"
    )

    @property
    def settings(self) -> dict[str, Any]:
        return mysql.settings(self.name)

    def connect(self, *, patient: bool = True) -> Any:
        connection = mysql.connect(self.name)
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION innodb_lock_wait_timeout = {60 if patient else 1}")
        return connection

    def empty(self) -> None:
        if tables := ", ".join(f"`{table}`" for table in self._tables()):
            self.query("SET SESSION foreign_key_checks = 0")
            self.query(f"DROP TABLE {tables}")

    def _quoted(self, name: str) -> str:
        return f"`{name}`"

    @contextmanager
    def held(self) -> Iterator[None]:
        with closing(self.connect()) as holder, holder.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE django_migrations SET name = name")
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())")
            yield
