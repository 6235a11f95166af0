"""Rows written by SQL are inserted as they were, and backwards exactly they go."""

from __future__ import annotations

import ast
import sqlite3
from contextlib import closing
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from migwizard.seeds.rawrows import RawTable, raw_rows

VALUES = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), st.binary(max_size=4)
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NAMES = st.lists(st.text("ab%'\"{}", min_size=1, max_size=4), min_size=2, max_size=2, unique=True)


def statements(source: str) -> dict[str, Any]:
    """The keyword arguments of the RunSQL."""
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    return {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}


def run(connection: sqlite3.Connection, found: list[tuple[str, list[Any]]]) -> None:
    for sql, values in found:
        # As Django does on SQLite: its own placeholders become those of the driver.
        connection.execute(sql % (("?",) * sql.count("%s")), values)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@given(NAMES, st.lists(st.tuples(st.integers(), VALUES), max_size=5, unique_by=lambda row: row[0]), st.booleans())
def test_rows_come_and_go(names: list[str], values: list[tuple[int, Any]], keyed: bool) -> None:
    rows = [(key % 2**60, value) for key, value in values]
    rows = list(dict(rows).items())
    told = tuple(tuple(map(repr, row)) for row in rows)
    source = raw_rows(RawTable('a 50% "table"', tuple(names), (names[0],) if keyed else (), told))
    with closing(sqlite3.connect(":memory:")) as connection:
        name = quoted('a 50% "table"')
        key = " PRIMARY KEY" if keyed else ""
        connection.execute(f"CREATE TABLE {name} ({quoted(names[0])}{key}, {quoted(names[1])})")
        connection.execute(f"INSERT INTO {name} VALUES ('stays', 1)")
        if rows:
            run(connection, statements(source)["sql"])
        stored = connection.execute(f"SELECT * FROM {name} WHERE rowid > 1 ORDER BY rowid").fetchall()
        assert stored == rows
        if rows:
            run(connection, statements(source)["reverse_sql"])
        assert connection.execute(f"SELECT * FROM {name}").fetchall() == [("stays", 1)]


def test_no_rows_are_no_statement() -> None:
    assert (
        raw_rows(RawTable("t", ("a",), (), ())) == "migrations.RunSQL(migrations.RunSQL.noop, migrations.RunSQL.noop)"
    )


def test_a_sequence_goes_on_behind_the_rows() -> None:
    source = raw_rows(RawTable("a'b", ("id",), ("id",), (("7",),), counted=("id",)))
    assert statements(source)["sql"][1:] == [
        """SELECT setval(pg_get_serial_sequence('"a''b"', 'id'), max("id")) FROM "a'b\""""
    ]


def test_mysql_has_quotes_of_its_own_and_looks_at_foreign_keys_at_once() -> None:
    source = raw_rows(RawTable("a`b", ("id", "c%"), ("id",), (("7", "'x'"),), any_order=True, mark="`"))
    assert statements(source) == {
        "sql": [
            "SET foreign_key_checks = 0",
            ("INSERT INTO `a``b` (`id`, `c%%`) VALUES (%s, %s)", [7, "x"]),
            "SET foreign_key_checks = 1",
        ],
        "reverse_sql": [
            "SET foreign_key_checks = 0",
            ("DELETE FROM `a``b` WHERE `id` = %s", [7]),
            "SET foreign_key_checks = 1",
        ],
    }
