"""Differences in what PostgreSQL alone keeps: contents of materialised views, sequences of no key, rows behind policies."""

from __future__ import annotations

import pytest

from migwizard.project.agent.postgresql_facts import read_catalogue
from migwizard.project.agent.postgresql_rows import read_rows
from tests.postgresql.builder import build
from tests.postgresql.server import connect, needs_postgresql
from tests.proof.builder import errors, row_differences

pytestmark = needs_postgresql

SCHEMA = """
CREATE SEQUENCE invoices START 5;
CREATE TABLE book (id serial PRIMARY KEY, title text, number serial);
CREATE TABLE old_book (weight int) INHERITS (book);
INSERT INTO book (title) VALUES ('one'), ('two');
INSERT INTO old_book (title) VALUES ('three');
CREATE MATERIALIZED VIEW titles AS SELECT title FROM ONLY book;
SELECT nextval('invoices');
"""


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            """
            INSERT INTO book (id, number, title) VALUES (9, 9, 'four'); REFRESH MATERIALIZED VIEW titles;
            DELETE FROM book WHERE id = 9
            """,
            "The new history has a row of titles that the old one does not have, a row: title='four'.",
        ),
        (
            "SELECT nextval('invoices')",
            "The sequence invoices has counted to 5 in the old history and to 6 in the new one.",
        ),
        (
            "ALTER SEQUENCE invoices RESTART",
            "The sequence invoices has counted to 5 in the old history and to not used in the new one.",
        ),
        (
            "SELECT setval('book_number_seq', 70)",
            "The sequence book.number has counted to 3 in the old history and to 70 in the new one.",
        ),
    ],
)
def test_a_change_is_told(empty_database: str, statement: str, sentence: str) -> None:
    found = row_differences(build(empty_database, SCHEMA), build(empty_database, SCHEMA, statement))
    assert [one.sentence for one in errors(found)] == [sentence]


def test_what_differs_from_run_to_run_is_not_asked_of_a_sequence(empty_database: str) -> None:
    once, twice = build(empty_database, SCHEMA), build(empty_database, SCHEMA, "SELECT nextval('invoices')")
    assert errors(row_differences(once, twice, twice)) == []


def test_the_rows_of_an_heir_are_its_own(empty_database: str) -> None:
    tables = build(empty_database, SCHEMA).rows["tables"]
    assert [len(tables[name]["rows"]) for name in ("book", "old_book", "titles")] == [2, 1, 2]


def test_a_view_that_is_not_populated_holds_nothing_that_could_be_read(empty_database: str) -> None:
    built = build(empty_database, SCHEMA, "REFRESH MATERIALIZED VIEW titles WITH NO DATA")
    assert "titles" not in built.rows["tables"]


def test_rows_that_policies_hide_are_said_to_be_hidden(empty_database: str) -> None:
    with connect(empty_database) as connection, connection.transaction(force_rollback=True):
        connection.execute(
            """
            CREATE ROLE migwizard_fixture_owner; GRANT ALL ON SCHEMA public TO migwizard_fixture_owner;
            SET LOCAL ROLE migwizard_fixture_owner;
            CREATE TABLE open (id int); CREATE TABLE secret (id int); INSERT INTO secret VALUES (1);
            ALTER TABLE secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY
            """
        )
        catalogue = read_catalogue(lambda statement: connection.execute(statement).fetchall())
        rows = read_rows(lambda statement: connection.execute(statement).fetchall(), catalogue)
    assert {name: table["hidden"] for name, table in catalogue["tables"].items()} == {"open": False, "secret": True}
    assert list(rows["tables"]) == ["open"]
