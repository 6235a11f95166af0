"""What the judge of random projects sees between two databases, and what it rightly does not see."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.fuzz.eyes import differences

SCHEMA = """
CREATE TABLE club (id integer PRIMARY KEY AUTOINCREMENT, name varchar(20) NOT NULL, size integer CHECK ("size" >= 0));
CREATE TABLE person (id integer PRIMARY KEY AUTOINCREMENT, born datetime NOT NULL, club_id integer REFERENCES club (id));
CREATE INDEX person_club_id_0123abcd ON person (club_id);
CREATE INDEX by_name ON club (name);
CREATE VIEW names AS SELECT name FROM club;
INSERT INTO club (id, name, size) VALUES (1, 'rowing', 3), (2, 'chess', 4);
INSERT INTO person (born, club_id) VALUES ('2020-01-01', 1), ('2020-01-02', 2);
"""


def make(path: Path, *more: str, sql: str = SCHEMA) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql + "".join(f"{line};" for line in more))
    return path


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ("DROP INDEX by_name", "index by_name"),
        ("DROP INDEX person_club_id_0123abcd", "ON person (club_id)"),
        ("DROP VIEW names", "view names"),
        ("ALTER TABLE club ADD COLUMN more text", "club.more"),
        ("CREATE TABLE other (id integer)", "other.id"),
        ("DELETE FROM person WHERE id = 2", "rows of person"),
        ("UPDATE club SET size = 5 WHERE id = 1", "rows of club"),
        ("UPDATE person SET club_id = 2", "rows of person"),
    ],
)
def test_what_differs_is_seen(change: str, seen: str, tmp_path: Path) -> None:
    found = differences(make(tmp_path / "old"), make(tmp_path / "new", change))
    assert any(seen in line for line in found)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(1, 'rowing', 3), (2, 'chess', 4)", "(2, 'rowing', 3), (1, 'chess', 4)"),
        ("'2020-01-02'", "'2024-01-02'"),
        ("person_club_id_0123abcd", "member_club_id_89abcdef"),
        ("name varchar(20) NOT NULL, size integer", "size integer, name varchar(20) NOT NULL"),
    ],
)
def test_what_may_differ_is_not(before: str, after: str, tmp_path: Path) -> None:
    """Numbers of rows (here of rows that others point to), moments, names that Django makes up, the order of columns."""
    sql = SCHEMA.replace(before, after)
    if "(2, 'rowing'" in sql:
        sql = sql.replace("('2020-01-01', 1), ('2020-01-02', 2)", "('2020-01-01', 2), ('2020-01-02', 1)")
    if "size integer, name" in sql:
        sql = sql.replace(' CHECK ("size" >= 0)', "").replace("size integer,", 'size integer CHECK ("size" >= 0),')
    assert not differences(make(tmp_path / "old"), make(tmp_path / "new", sql=sql))


def test_a_lost_condition_is_seen(tmp_path: Path) -> None:
    new = make(tmp_path / "new", sql=SCHEMA.replace(' CHECK ("size" >= 0)', ""))
    assert any("club expressions" in line for line in differences(make(tmp_path / "old"), new))


def test_two_empty_databases_are_not_equal(tmp_path: Path) -> None:
    assert differences(make(tmp_path / "old", sql=""), make(tmp_path / "new", sql=""))
