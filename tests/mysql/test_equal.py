"""Two MariaDB schemas that are the same to a project, although the server tells them in another way."""

from __future__ import annotations

import pytest

from migwizard.proof.difference import Difference
from tests.mysql.builder import build
from tests.mysql.server import IS_MARIADB, needs_mysql
from tests.proof.builder import errors, schema_differences

pytestmark = [needs_mysql, pytest.mark.xdist_group("mysql-catalogue")]

BOOK = "CREATE TABLE book (id int PRIMARY KEY, title varchar(80), n int, KEY titles (title), UNIQUE (n))"


def told(*changes: Difference) -> list[tuple[str, str, str]]:
    return [(one.severity, one.kind, one.name) for one in changes]


def test_made_up_names_are_only_told(empty_mysql: str) -> None:
    """`unique=True` inside of CreateModel is named by the server after the column, and by Django in AlterField."""
    one = build(empty_mysql, BOOK, "CREATE TABLE page (b int, CONSTRAINT page_fk FOREIGN KEY (b) REFERENCES book (id))")
    other = build(
        empty_mysql,
        BOOK.replace("UNIQUE (n)", "UNIQUE book_n_8d96710d_uniq (n)"),
        "CREATE TABLE page (b int, CONSTRAINT other_fk FOREIGN KEY (b) REFERENCES book (id))",
    )
    assert told(*schema_differences(one, other)) == [
        ("info", "constraint", "page_fk"),
        ("info", "index", "n"),
        ("info", "index", "page_fk"),
    ]


def test_names_that_migrations_use_must_be_the_same(empty_mysql: str) -> None:
    old, new = build(empty_mysql, BOOK), build(empty_mysql, BOOK.replace("titles", "titles_1"))
    assert told(*schema_differences(old, new, "TITLES")) == [("error", "index", "titles")]


def test_only_the_lost_column_is_told_and_not_what_goes_with_it(empty_mysql: str) -> None:
    old, new = build(empty_mysql, BOOK), build(empty_mysql, BOOK, "ALTER TABLE book DROP n")
    assert told(*schema_differences(old, new)) == [("error", "column", "n")]


def test_two_equal_indexes_are_not_one(empty_mysql: str) -> None:
    old, new = build(empty_mysql, BOOK, "CREATE INDEX again ON book (title)"), build(empty_mysql, BOOK)
    assert told(*schema_differences(old, new)) == [("error", "index", "again")]


def test_a_check_of_a_column_is_that_of_a_table(empty_mysql: str) -> None:
    """Django writes it with the column in CreateModel, and as a constraint of its own in AlterField."""
    one = build(empty_mysql, "CREATE TABLE a (x int unsigned CHECK (x >= 0))")
    other = build(empty_mysql, "CREATE TABLE a (x int unsigned, CONSTRAINT a_x_1_check CHECK (x >= 0))")
    assert errors(schema_differences(one, other)) == []


def test_an_index_that_a_foreign_key_brings_may_be_another_one(empty_mysql: str) -> None:
    """Where an index begins with the columns of a foreign key, InnoDB makes none of its own; but it does not drop one."""
    tables = ("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (a_id int, n int, UNIQUE both_of (a_id, n))")
    key = "ALTER TABLE b ADD CONSTRAINT b_fk FOREIGN KEY (a_id) REFERENCES a (id)"
    more, less = build(empty_mysql, *tables, "CREATE INDEX own ON b (a_id)", key), build(empty_mysql, *tables, key)
    assert told(*schema_differences(more, less)) == [("info", "index", "own")]
    assert told(*schema_differences(less, more)) == [("info", "index", "own")]
    assert told(*schema_differences(more, less, "own")) == [("error", "index", "own")]


def test_the_order_of_columns_does_not_count(empty_mysql: str) -> None:
    one = build(empty_mysql, "CREATE TABLE a (x int, y text)")
    other = build(empty_mysql, "CREATE TABLE a (y text, x int)")
    assert schema_differences(one, other) == ()


def test_an_event_that_begins_when_it_is_made_is_the_same_one_later(empty_mysql: str) -> None:
    table, event = "CREATE TABLE a (x int)", "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM a"
    now = build(empty_mysql, table, event)
    assert schema_differences(now, build(empty_mysql, table, "SET timestamp = 2000000000", event)) == ()
    fixed = build(empty_mysql, table, event.replace(" DO ", " STARTS '2037-01-01 00:00:00' DO "))
    assert told(*schema_differences(now, fixed)) == [("error", "event", "e")]


def test_definitions_are_read_alike_in_every_sql_mode(empty_mysql: str) -> None:
    modes = "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', sql_quote_show_create = 0"
    assert schema_differences(build(empty_mysql, BOOK), build(empty_mysql, BOOK, modes)) == ()


def test_who_defined_an_object_counts_where_it_is_somebody_else(empty_mysql: str) -> None:
    table, view = "CREATE TABLE a (x int)", "CREATE {}VIEW v AS SELECT x FROM a"
    mine = build(empty_mysql, table, view.format(""))
    assert schema_differences(mine, build(empty_mysql, table, view.format("DEFINER = CURRENT_USER "))) == ()
    other = build(empty_mysql, table, view.format("DEFINER = 'reports'@'%' "))
    assert told(*schema_differences(mine, other)) == [("error", "view", "v")]


@pytest.mark.skipif(
    not IS_MARIADB, reason="MySQL gives every check a name, and lets no checked column have another one"
)
def test_a_check_stays_with_its_column_when_that_gets_another_name(empty_mysql: str) -> None:
    old = build(empty_mysql, "CREATE TABLE a (x int CHECK (x > 1))", "ALTER TABLE a RENAME COLUMN x TO y")
    assert schema_differences(old, build(empty_mysql, "CREATE TABLE a (y int CHECK (y > 1))")) == ()


@pytest.mark.skipif(not IS_MARIADB, reason="MySQL gives every check a name, and keeps it")
def test_a_check_that_says_what_an_unsigned_column_is_anyway_is_only_told(empty_mysql: str) -> None:
    """MariaDB drops it when Django alters the column, so that an old database lacks what a new one has."""
    table = "CREATE TABLE a (x int unsigned CHECK (x >= 0), y int CHECK (y >= 0))"
    lost = build(empty_mysql, table, "ALTER TABLE a MODIFY x int unsigned, MODIFY y int")
    found = schema_differences(lost, build(empty_mysql, table))
    assert [(one.severity, one.kind, one.new) for one in found] == [
        ("info", "constraint", "CHECK (`x` >= 0)"),
        ("error", "constraint", "CHECK (`y` >= 0)"),
    ]


def test_an_alphabet_that_is_written_down_is_the_one_that_comes_by_itself(empty_mysql: str) -> None:
    table = "CREATE TABLE a (x varchar(9) {0}, e enum('(', 'b ''COLLATE') {0}) COLLATE utf8mb4_bin"
    said = build(empty_mysql, table.format("CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"))
    assert schema_differences(said, build(empty_mysql, table.format(""))) == ()


@pytest.mark.skipif(IS_MARIADB, reason="MariaDB lets Django drop the default again")
def test_a_default_of_a_text_that_django_left_behind_is_only_told(empty_mysql: str) -> None:
    left = build(empty_mysql, "CREATE TABLE a (x longtext NOT NULL DEFAULT ('{}'), y int DEFAULT 1)")
    found = schema_differences(left, build(empty_mysql, "CREATE TABLE a (x longtext NOT NULL, y int)"))
    assert told(*found) == [("info", "column", "x"), ("error", "column", "y")]
