"""What the guest reads of an SQLite database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest

from migwizard.project.agent.sqlite_facts import read_catalogue, read_rows
from tests.proof.builder import build


@pytest.fixture
def converting() -> Iterator[sqlite3.Connection]:
    """A connection that turns declared types into Python objects, as Django's does."""
    sqlite3.register_converter("shouting", bytes.upper)
    with closing(
        sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
    ) as connection:
        yield connection


def test_values_are_read_as_they_are_stored(converting: sqlite3.Connection) -> None:
    converting.executescript(
        "CREATE TABLE t (id integer PRIMARY KEY, a shouting, \"b [shouting]\" text); INSERT INTO t VALUES (1, 'x', 'y')"
    )

    def execute(sql: str) -> Sequence[tuple[Any, ...]]:
        return converting.execute(sql).fetchall()

    assert execute("SELECT a FROM t") == [(b"X",)]
    assert read_rows(execute, read_catalogue(execute))["tables"]["t"]["rows"] == [[1, "x", "y"]]


def test_what_sqlite_and_migwizard_made_is_left_out() -> None:
    built = build(
        """CREATE TABLE a (id integer PRIMARY KEY AUTOINCREMENT);
        CREATE TABLE migwizard_history_backup (id integer);
        CREATE TABLE django_migrations (id integer PRIMARY KEY AUTOINCREMENT, name text);
        CREATE VIRTUAL TABLE f USING fts5(body);
        INSERT INTO django_migrations (name) VALUES ('x'); INSERT INTO a VALUES (NULL);"""
    )
    assert list(built.catalogue["tables"]) == ["a", "django_migrations", "f"]
    assert list(built.rows["tables"]) == ["a", "f"]
    assert built.rows["sequences"] == {"a": 1}


def test_shadow_tables_are_known_without_table_list() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript("CREATE VIRTUAL TABLE f USING fts5(body); CREATE TABLE f_other (id integer)")

        def execute(sql: str) -> Sequence[tuple[Any, ...]]:
            return [] if sql == "PRAGMA table_list" else connection.execute(sql).fetchall()

        assert list(read_catalogue(execute)["tables"]) == ["f", "f_other"]


def test_rows_come_in_the_order_of_the_key_and_with_generated_columns() -> None:
    built = build(
        """CREATE TABLE t (b text, a integer, c integer GENERATED ALWAYS AS (a * 2), PRIMARY KEY (a, b)) WITHOUT ROWID;
        INSERT INTO t (a, b) VALUES (2, 'x'), (1, 'z'), (1, 'y')"""
    )
    assert built.rows["tables"]["t"] == {
        "columns": ["b", "a", "c"],
        "pk": ["a", "b"],
        "rows": [["y", 1, 2], ["z", 1, 2], ["x", 2, 4]],
    }


def test_odd_names_and_values_survive() -> None:
    built = build(
        """CREATE TABLE "we""ird %s" ("rowid" integer, "sel ect" blob); CREATE INDEX "in'd" ON "we""ird %s" (lower("sel ect"), rowid DESC);
        INSERT INTO "we""ird %s" VALUES (1, x'00ff'), (2, 9e999), (3, -9e999), (4, NULL)"""
    )
    assert built.rows["tables"]['we"ird %s']["rows"] == [
        [1, {"$bytes": "00ff"}],
        [2, {"$float": "inf"}],
        [3, {"$float": "-inf"}],
        [4, None],
    ]
    (index,) = built.catalogue["tables"]['we"ird %s']["indexes"]
    assert index["columns"] == [[-2, 0, "BINARY", 1], ["rowid", 1, "BINARY", 1], [-1, 0, "BINARY", 0]]


def test_a_virtual_table_is_read_by_its_rowid() -> None:
    built = build("CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f (rowid, body) VALUES (7, 'seven')")
    assert built.rows["tables"]["f"] == {"columns": ["rowid", "body"], "pk": ["rowid"], "rows": [[7, "seven"]]}


def test_a_virtual_table_of_an_unknown_module_says_that_it_is_unreadable() -> None:
    built = build(
        """PRAGMA writable_schema = ON;
        INSERT INTO sqlite_master VALUES ('table', 'gone', 'gone', 0, 'CREATE VIRTUAL TABLE gone USING nowhere(a)');
        PRAGMA writable_schema = RESET;"""
    )
    assert "nowhere" in built.catalogue["tables"]["gone"]["unreadable"]
    assert "nowhere" in built.rows["tables"]["gone"]["unreadable"]
