"""What the judge of random projects sees between two databases, and what it rightly does not see."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.fuzz import eyes
from tests.fuzz.databases import databases_of
from tests.mysql.server import needs_mysql
from tests.mysql.server import query as mysql_query
from tests.postgresql.server import connect, needs_postgresql

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


def differences(old: Path, new: Path) -> list[str]:
    databases = databases_of("sqlite", old.parent, "1")
    return eyes.differences(databases.look(str(old)), databases.look(str(new)))


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


ON_SERVERS = """
CREATE TABLE club (id {number} PRIMARY KEY, name varchar(20) NOT NULL, size integer CHECK (size >= 0));
CREATE TABLE person (id {number} PRIMARY KEY, born {moment} NOT NULL, club_id {key});
ALTER TABLE person ADD CONSTRAINT person_club_id_0123abcd_fk FOREIGN KEY (club_id) REFERENCES club (id);
CREATE INDEX person_club_id_0123abcd ON person (club_id);
CREATE INDEX by_name ON club (name);
CREATE VIEW names AS SELECT name FROM club;
INSERT INTO club (id, name, size) VALUES (1, 'rowing', 3), (2, 'chess', 4);
INSERT INTO person (born, club_id) VALUES ('2020-01-01', 1), ('2020-01-02', 2)
"""
WORDS = {
    "postgresql": {"number": "serial", "moment": "timestamptz", "key": "integer"},
    "mysql": {"number": "integer AUTO_INCREMENT", "moment": "datetime(6)", "key": "integer"},
}
ENGINES = [
    pytest.param("postgresql", marks=[needs_postgresql, pytest.mark.xdist_group("fuzz-postgresql")]),
    pytest.param("mysql", marks=[needs_mysql, pytest.mark.xdist_group("fuzz-mysql")]),
]
SEEN = [
    ("DROP INDEX by_name{on_club}", "by_name"),
    ("DROP VIEW names", "names"),
    ("ALTER TABLE club ADD COLUMN more text", "more"),
    ("ALTER TABLE club ADD CONSTRAINT wide CHECK (size < 99)", "wide"),
    ("CREATE TABLE other (id integer)", "other"),
    ("DELETE FROM person WHERE id = 2", "rows of person"),
    ("UPDATE club SET size = 5 WHERE id = 1", "rows of club"),
    ("UPDATE person SET club_id = 2", "rows of person"),
]
ONLY_THERE = {
    "postgresql": [
        ("ALTER TABLE person DROP CONSTRAINT person_club_id_0123abcd_fk", "FK CONSTRAINT"),
        ("CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "FUNCTION public.f()"),
        ("COMMENT ON TABLE club IS 'here'", "COMMENT"),
        ("CREATE SCHEMA away", "SCHEMA"),
        ("SELECT setval('person_id_seq', 1)", "counter: the next row of person.id"),
    ],
    "mysql": [
        ("ALTER TABLE person DROP FOREIGN KEY person_club_id_0123abcd_fk", "FOREIGN KEY"),
        ("CREATE FUNCTION f() RETURNS integer DETERMINISTIC RETURN 1", "function f"),
        ("CREATE TRIGGER t BEFORE INSERT ON club FOR EACH ROW SET NEW.size = 1", "trigger t"),
        ("ALTER TABLE club COMMENT = 'here'", "club options"),
    ],
}
MAY_DIFFER = [
    ("(1, 'rowing', 3), (2, 'chess', 4)", "(2, 'rowing', 3), (1, 'chess', 4)"),
    ("'2020-01-02'", "'2024-01-02'"),
    ("person_club_id_0123abcd", "member_club_id_89abcdef"),
    (
        "name varchar(20) NOT NULL, size integer CHECK (size >= 0)",
        "size integer CHECK (size >= 0), name varchar(20) NOT NULL",
    ),
]


def run_on(engine: str, name: str, sql: str) -> None:
    if engine == "postgresql":
        with connect(name) as connection:
            connection.execute(sql.encode())
        return
    for statement in sql.split(";\n"):
        mysql_query(statement, name)


@pytest.mark.parametrize("engine", ENGINES)
def test_on_a_server(engine: str, tmp_path: Path) -> None:
    """The same there; all changes are looked at in one go, since each database costs more than a file."""
    databases = databases_of(engine, tmp_path, "eyes")
    schema = ON_SERVERS.format(**WORDS[engine])
    try:
        run_on(engine, databases.own, schema)
        old = databases.look(databases.own)
        for change, seen in [*SEEN, *ONLY_THERE[engine]]:
            new = databases.fresh("new")
            run_on(engine, new, f"{schema};\n{change.format(on_club=' ON club' if engine == 'mysql' else '')}")
            assert any(seen in line for line in eyes.differences(old, databases.look(new))), change
        for before, after in MAY_DIFFER:
            new, sql = databases.fresh("new"), schema.replace(before, after)
            assert sql != schema, before
            if "(2, 'rowing'" in sql:
                sql = sql.replace("('2020-01-01', 1), ('2020-01-02', 2)", "('2020-01-01', 2), ('2020-01-02', 1)")
            run_on(engine, new, sql)
            assert not eyes.differences(old, databases.look(new)), after
    finally:
        databases.remove()
