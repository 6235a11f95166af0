"""The database of a subject, seen by the engine's own tools: what lies in it, and an empty one in its place for a while."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.subjects import Copy, SubjectError

SCHEMA = ""
"""The name under which a dump keeps the schema."""
COUNTERS = "sqlite_sequence"
"""The name under which a dump keeps where the counters of automatic keys stand, as SQLite calls its table of them."""
DUMPS, READS = ("mariadb-dump", "mysqldump"), ("mariadb", "mysql")
"""The programs that come with a server of this kind, by the names that they have."""
_SETTINGS = "import json; from django.db import connection; print(json.dumps(connection.settings_dict, default=str))"


def counts(dump: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The number of rows of every table; the list of migrations apart, which a reset is there to change."""
    return {name: len(rows) for name, rows in dump.items() if name not in {SCHEMA, COUNTERS, "django_migrations"}}


class Database(ABC):
    """What the settings of a project call `default`."""

    consent: tuple[str, ...] = ()
    """What `migwizard run --yes` wants to be told before it switches this database."""

    @abstractmethod
    def prepare(self) -> None:
        """Make it where `migrate` would not. Raises SubjectError where one is there that we did not make."""

    @abstractmethod
    def dump(self) -> dict[str, list[str]]:
        """Every row of every table as text, by table; SCHEMA and COUNTERS as two more."""

    @abstractmethod
    @contextmanager
    def aside(self) -> Iterator[None]:
        """Meanwhile an empty database has its place; what was made in that is removed again."""

    @abstractmethod
    def remove(self) -> None:
        """Remove what `prepare` made outside of the copy."""


@dataclass(frozen=True)
class SqliteFile(Database):
    """A file beside manage.py, which `migrate` makes."""

    path: Path

    def prepare(self) -> None:
        pass

    def dump(self) -> dict[str, list[str]]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as connection:
            schema = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
            found = schema.fetchall()
            tables = sorted(name for kind, name, _, _ in found if kind == "table")
            rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
        return {SCHEMA: [repr(row) for row in found]} | {name: [repr(row) for row in rows[name]] for name in tables}

    @contextmanager
    def aside(self) -> Iterator[None]:
        aside = self.path.rename(self.path.with_suffix(".aside"))
        yield
        aside.replace(self.path)

    def remove(self) -> None:
        pass


@dataclass(frozen=True)
class PostgresqlDatabase(Database):
    """A database on a server; the schema is what `pg_dump` says."""

    consent = ("--database", "default")
    name: str
    host: str
    port: str
    user: str
    password: str

    def prepare(self) -> None:
        if self._ask("SELECT 1 FROM pg_database WHERE datname = %s", [self.name], "postgres"):
            raise SubjectError(
                f"There is a database {self.name!r} on {self.host}:{self.port} already; remove it first."
            )
        self._administer("CREATE DATABASE {}", self.name)

    def dump(self) -> dict[str, list[str]]:
        command = [
            "pg_dump",
            "--schema-only",
            "--no-owner",
            "-h",
            self.host,
            "-p",
            self.port,
            "-U",
            self.user,
            self.name,
        ]
        environment = os.environ | {"PGPASSWORD": self.password}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SubjectError(f"pg_dump ended with {done.returncode}: {done.stderr.strip()[-800:]}")
        # As the server writes a name: with its schema where that is not `public`, quoted where it must be.
        tables = [name for (name,) in self._ask("SELECT relid::regclass::text FROM pg_stat_user_tables ORDER BY 1")]
        # A sequence never goes back, not even after a rollback; that of the list of migrations was used in between.
        sequences = "SELECT sequencename::text, last_value FROM pg_sequences WHERE sequencename <> %s ORDER BY 1"
        counters = self._ask(sequences, ["django_migrations_id_seq"])
        # Newer releases of pg_dump put a random word around what they write.
        schema = [line for line in done.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
        found = {SCHEMA: schema, COUNTERS: [repr(row) for row in counters]}
        # The stored order of rows is no fact of this engine: an update moves them.
        return found | {
            name: [text for (text,) in self._ask(f"SELECT t::text FROM {name} t ORDER BY 1")] for name in tables
        }

    @contextmanager
    def aside(self) -> Iterator[None]:
        aside = f"{self.name}_aside"
        self._administer("ALTER DATABASE {} RENAME TO {}", self.name, aside)
        self._administer("CREATE DATABASE {}", self.name)
        yield
        self._administer("DROP DATABASE {}", self.name)
        self._administer("ALTER DATABASE {} RENAME TO {}", aside, self.name)

    def remove(self) -> None:
        self._administer("DROP DATABASE IF EXISTS {}", self.name)

    def _administer(self, statement: str, *names: str) -> None:
        from psycopg import sql

        composed = sql.SQL(statement).format(*map(sql.Identifier, names))
        with self._connection("postgres") as connection:
            connection.execute(composed)

    def _ask(self, statement: str, values: list[str] | None = None, database: str = "") -> list[tuple[Any, ...]]:
        with self._connection(database or self.name) as connection:
            return list(connection.execute(statement.encode(), values).fetchall())

    def _connection(self, database: str) -> Any:
        import psycopg

        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password or None,
            dbname=database,
            autocommit=True,
        )


@dataclass(frozen=True)
class MysqlDatabase(Database):
    """A database on a MariaDB or MySQL server; the schema is what its program for dumps says."""

    consent = ("--database", "default")
    name: str
    host: str
    port: str
    user: str
    password: str

    def prepare(self) -> None:
        if self._ask("SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", [self.name], None):
            raise SubjectError(
                f"There is a database {self.name!r} on {self.host}:{self.port} already; remove it first."
            )
        self._make()

    def dump(self) -> dict[str, list[str]]:
        written = self._program(
            DUMPS, "--no-data", "--routines", "--triggers", "--events", "--skip-comments", self.name
        )
        # Numbers that were given once are not given again; those of the list of migrations were used in between.
        schema = [re.sub(r" AUTO_INCREMENT=\d+", "", line) for line in written.splitlines()]
        counted = "SELECT table_name, auto_increment FROM information_schema.tables WHERE table_schema = %s"
        counters = self._ask(
            f"{counted} AND table_name <> 'django_migrations' AND auto_increment IS NOT NULL ORDER BY 1", [self.name]
        )
        tables = self._ask(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type <> 'VIEW' ORDER BY 1",
            [self.name],
        )
        found = {SCHEMA: schema, COUNTERS: [repr(row) for row in counters]}
        return found | {name: sorted(map(repr, self._ask(f"SELECT * FROM `{name}`"))) for (name,) in tables}

    @contextmanager
    def aside(self) -> Iterator[None]:
        # A database has no other name here than its first one.
        whole = self._program(DUMPS, "--routines", "--triggers", "--events", self.name)
        self.remove()
        self._make()
        yield
        self.remove()
        self._make()
        self._program(READS, self.name, written=whole)

    def remove(self) -> None:
        self._ask(f"DROP DATABASE IF EXISTS `{self.name}`", database=None)

    def _make(self) -> None:
        self._ask(f"CREATE DATABASE `{self.name}` CHARACTER SET utf8mb4", database=None)

    def _program(self, programs: Sequence[str], *arguments: str, written: str = "") -> str:
        """What one of the server's own programs says, whichever of its names it has here."""
        program = next(filter(None, map(shutil.which, programs)), None)
        if program is None:
            raise SubjectError(f"There is no {' and no '.join(programs)} here to look into {self.name!r} with.")
        command = [program, "-h", self.host, "-P", self.port, "-u", self.user, *arguments]
        environment = os.environ | {"MYSQL_PWD": self.password}
        done = subprocess.run(command, env=environment, input=written, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SubjectError(f"{program} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
        return done.stdout

    def _ask(self, statement: str, values: list[str] | None = None, database: str | None = "") -> list[tuple[Any, ...]]:
        import pymysql

        connection = pymysql.connect(
            host=self.host,
            port=int(self.port),
            user=self.user,
            password=self.password,
            database=self.name if database == "" else database,
            charset="utf8mb4",
            autocommit=True,
        )
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())


def database_of(copy: Copy) -> Database:
    """The database that a copy's own settings name.

    Raises SubjectError for an engine that is none of these, and for a file that is not the copy's own.
    """
    said = copy.manage("shell", "--command", _SETTINGS).stdout.strip().splitlines()[-1]
    settings = json.loads(said)
    if settings["ENGINE"].endswith("sqlite3"):
        path = (copy.root / settings["NAME"]).resolve()
        if copy.root.resolve() not in path.parents:
            raise SubjectError(f"{copy.name}: its database {path} does not lie in its copy {copy.root}.")
        return SqliteFile(path)
    if settings["ENGINE"].endswith("postgresql"):
        words = (str(settings[key] or "") for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD"))
        return PostgresqlDatabase(*words)
    if settings["ENGINE"].endswith("mysql"):
        defaults = {"HOST": "127.0.0.1", "PORT": "3306"}
        words = (str(settings[key] or defaults.get(key, "")) for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD"))
        return MysqlDatabase(*words)
    raise SubjectError(f"{copy.name}: nothing here can look into a database of {settings['ENGINE']}.")
