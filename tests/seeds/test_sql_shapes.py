"""SQL of people in shapes whose order or kind matters: small projects of one app, through the whole engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.seeds.rides import SeedRide, ride_in
from tests.traps.writing import files_of, write_project

pytestmark = pytest.mark.ride

SHOP = """
== shop/models.py
class Item(models.Model):
    name = models.CharField(max_length=9)
== shop/migrations/0001_initial.py
operations = [migrations.CreateModel("Item", [ID, ("name", models.CharField(max_length=9))])]
"""


def shop(folder: Path, *statements: str) -> SeedRide:
    """Ride a project whose second migration runs these statements, each by a RunSQL."""
    operations = "".join(f'migrations.RunSQL("""{sql}""", ""),' for sql in statements)
    second = f"== shop/migrations/0002_sql.py\ndependencies = [('shop', '0001_initial')]\noperations = [{operations}]\n"
    return ride_in(write_project(folder / "project", files_of(SHOP + second)))


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE INDEX last ON shop_item (hidden)",),
        ("CREATE VIEW few AS SELECT hidden FROM shop_item", "CREATE VIEW last AS SELECT hidden FROM few"),
        ("CREATE TABLE aside (x); CREATE INDEX last ON shop_item (hidden)",),
    ],
    ids=["index", "view of a view", "beside a table"],
)
def test_what_needs_a_column_that_sql_adds_comes_behind_it(tmp_path: Path, statements: tuple[str, ...]) -> None:
    found = shop(tmp_path, "ALTER TABLE shop_item ADD COLUMN hidden integer DEFAULT 4", *statements)
    assert found.is_proved, found.report
    text = found.staged_seeds("shop")
    assert text.index("ADD COLUMN hidden") < text.index(" last ")


def with_written_out_rows(folder: Path, *statements: str) -> SeedRide:
    """The shop with SQL of its own, whose rows cannot move: a column that it names is renamed later."""
    operations = "".join(f"    migrations.RunSQL({statement!r}, ''),\n" for statement in statements)
    files = (
        SHOP.replace("    name", "    title")
        + f"""
== shop/migrations/0002_sql.py
dependencies = [("shop", "0001_initial")]
operations = [
{operations}]
== shop/migrations/0003_title.py
dependencies = [("shop", "0002_sql")]
operations = [migrations.RenameField("Item", "name", "title")]
"""
    )
    return ride_in(write_project(folder / "project", files_of(files)))


ADDED = "ALTER TABLE shop_item ADD COLUMN hidden integer DEFAULT 4"
INDEXED = "CREATE INDEX hidden ON shop_item (hidden)"


def test_a_column_that_sql_adds_to_rows_comes_along_where_the_rows_are_written_out(tmp_path: Path) -> None:
    """The rows get one more value through it, which makes it no seed."""
    found = with_written_out_rows(tmp_path, "INSERT INTO shop_item (name) VALUES ('a')", ADDED, INDEXED)
    assert found.is_proved, found.report
    assert found.rungs == {
        "0002_sql#0": ("seed", "materialise"),
        "0002_sql#1": ("schema SQL", "move"),
        "0002_sql#2": ("schema SQL", "move"),
    }
    assert found.rows("SELECT title, hidden FROM shop_item") == [("a", 4)]


def test_a_column_that_sql_adds_and_fills_comes_along_where_the_rows_are_written_out(tmp_path: Path) -> None:
    rows, filled = (
        "INSERT INTO shop_item (name) VALUES ('a'), ('b')",
        "UPDATE shop_item SET hidden = 7 WHERE name = 'a'",
    )
    found = with_written_out_rows(tmp_path, rows, ADDED, filled, INDEXED)
    assert found.is_proved, found.report
    assert found.rungs["0002_sql#2"] == ("seed", "materialise")
    assert found.rows("SELECT title, hidden FROM shop_item ORDER BY title") == [("a", 7), ("b", 4)]


def test_percent_signs_stay_doubled_only_where_they_are(tmp_path: Path) -> None:
    second = """
== shop/migrations/0002_sql.py
dependencies = [("shop", "0001_initial")]
operations = [
    migrations.RunSQL([("CREATE VIEW one AS SELECT * FROM shop_item WHERE name LIKE 'a%%'", [])], "DROP VIEW one"),
    migrations.RunSQL([("CREATE VIEW two AS SELECT * FROM shop_item WHERE name LIKE 'b%%'", None)], "DROP VIEW two"),
]
"""
    found = ride_in(write_project(tmp_path / "project", files_of(SHOP + second)))
    assert found.is_proved, found.report
    assert [sql.count("%") for (sql,) in found.rows("SELECT sql FROM sqlite_master WHERE type = 'view'")] == [1, 2]


def test_what_is_written_into_an_index_that_no_row_shows_comes_along(tmp_path: Path) -> None:
    found = shop(
        tmp_path,
        "CREATE VIRTUAL TABLE search USING fts5(name, content='shop_item')",
        "INSERT INTO search (rowid, name) VALUES (1, 'hello')",
    )
    assert found.is_proved, found.report
    assert found.rungs["0002_sql#1"] == ("ask", "move")
    assert found.rows("SELECT rowid FROM search WHERE search MATCH 'hello'") == [(1,)]


def test_statements_whose_effect_nobody_compares_come_along(tmp_path: Path) -> None:
    found = shop(tmp_path, "PRAGMA user_version = 7", "ANALYZE", "PRAGMA foreign_keys = ON")
    assert found.is_proved, found.report
    assert list(found.rungs.values()) == [("ask", "move"), ("ask", "move"), ("one-time", None)]
    assert found.rows("PRAGMA user_version") == [(7,)]


def test_sql_with_parameters_and_no_way_back_can_be_gone_back_over(tmp_path: Path) -> None:
    second = """
== shop/migrations/0002_sql.py
dependencies = [("shop", "0001_initial")]
operations = [migrations.RunSQL([("INSERT INTO shop_item (name) VALUES (%s)", ["a"])])]
"""
    found = ride_in(write_project(tmp_path / "project", files_of(SHOP + second)))
    assert found.is_proved, found.report
    assert found.rungs["0002_sql#0"] == ("seed", "carry")
    assert found.rows_after_rollback("shop", "0001_reset_initial", "SELECT name FROM shop_item") == [("a",)]
