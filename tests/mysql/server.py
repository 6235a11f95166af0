"""A MariaDB or MySQL server to test against: the one that MYSQL_HOST names, or 127.0.0.1; without one the tests are skipped."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import pymysql
import pytest

HOST = os.environ.get("MYSQL_HOST", "127.0.0.1")
PORT = os.environ.get("MYSQL_TCP_PORT", "3306")
USER = os.environ.get("MYSQL_USER", "root")
PASSWORD = os.environ.get("MYSQL_PWD", "")

# First lines of a project's settings: PyMySQL in the place of mysqlclient, which needs a compiler.
DRIVER = """\
import pymysql

pymysql.version_info = (2, 2, 8, "final", 0)
pymysql.install_as_MySQLdb()
"""


def connect(database: str | None = None, **more: Any) -> pymysql.Connection[Any]:
    return pymysql.connect(
        host=HOST,
        port=int(PORT),
        user=more.pop("user", USER),
        password=more.pop("password", PASSWORD),
        database=database,
        charset="utf8mb4",
        autocommit=True,
        **more,
    )


def settings(database: str) -> dict[str, Any]:
    """What stands in DATABASES for a database of this server."""
    return {
        "ENGINE": "django.db.backends.mysql",
        "NAME": database,
        "HOST": HOST,
        "PORT": PORT,
        "USER": USER,
        "PASSWORD": PASSWORD,
        "OPTIONS": {"charset": "utf8mb4"},
    }


def why_not() -> str:
    """Why no test can use a server; empty where one answers and lets us make databases."""
    name = _name()
    try:
        with closing(connect(connect_timeout=3)) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE `{name}`")
            cursor.execute(f"DROP DATABASE `{name}`")
    except pymysql.MySQLError as error:
        said = " ".join(str(error.args[-1]).split())
        if error.args[0] == 1044:
            return f"{USER} may not create databases at {HOST}:{PORT}: {said}"
        return f"no MariaDB or MySQL answers at {HOST}:{PORT}: {said}"
    return ""


def query(statement: str, database: str | None = None, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of one statement, committed."""
    with closing(connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, tuple(parameters) or None)
        return list(cursor.fetchall())


@contextmanager
def database(charset: str = "utf8mb4", collation: str = "utf8mb4_general_ci") -> Iterator[str]:
    """An empty database of its own, removed afterwards."""
    name = _name()
    query(f"CREATE DATABASE `{name}` CHARACTER SET {charset} COLLATE {collation}")
    try:
        yield name
    finally:
        query(f"DROP DATABASE IF EXISTS `{name}`")


def databases() -> Sequence[str]:
    """The names of all databases on the server."""
    return [name for (name,) in query("SELECT schema_name FROM information_schema.schemata ORDER BY 1")]


def _name() -> str:
    return f"fixture_{uuid.uuid4().hex[:12]}"


_REASON = why_not()
IS_MARIADB = not _REASON and "mariadb" in query("SELECT VERSION()")[0][0].lower()
needs_mysql = pytest.mark.skipif(bool(_REASON), reason=_REASON or "a server answers")
