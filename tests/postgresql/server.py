"""A PostgreSQL server to test against: the one that PGHOST names, or 127.0.0.1; without one the tests are skipped."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

HOST = os.environ.get("PGHOST", "127.0.0.1")
PORT = os.environ.get("PGPORT", "5432")
USER = os.environ.get("PGUSER", "postgres")


def connect(database: str = "postgres", **more: Any) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(host=HOST, port=PORT, user=more.pop("user", USER), dbname=database, autocommit=True, **more)


def settings(database: str) -> dict[str, Any]:
    """What stands in DATABASES for a database of this server."""
    return {"ENGINE": "django.db.backends.postgresql", "NAME": database, "HOST": HOST, "PORT": PORT, "USER": USER}


def why_not() -> str:
    """Why no test can use a server; empty where one answers and lets us make databases."""
    try:
        with connect(connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        return f"no PostgreSQL answers at {HOST}:{PORT}: {' '.join(str(error).split())}"
    return "" if row == (True,) else f"{USER} may not create databases at {HOST}:{PORT}"


_REASON = why_not()
needs_postgresql = pytest.mark.skipif(bool(_REASON), reason=_REASON or "a server answers")


def query(statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
    """The rows of one statement, committed."""
    with connect(database) as connection:
        cursor = connection.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def database(template: str = "template1") -> Iterator[str]:
    """A database of its own, removed afterwards: empty, or a copy of another to which nobody is connected."""
    name = f"fixture_{uuid.uuid4().hex[:12]}"
    with connect() as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        connection.execute(made)
        try:
            yield name
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def databases() -> Sequence[str]:
    """The names of all databases on the server."""
    return [name for (name,) in query("SELECT datname::text FROM pg_database ORDER BY 1")]
