"""Models that went on without a migration: left as they were, or folded in as a real migration on top."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.engine.support import Shop, make_project
from tests.seeds.rides import ride_in
from tests.traps.writing import files_of, write_project

ON_TOP = ["library/0003_reset_drift.py", "people/0002_reset_drift.py"]
ROWS = (
    "INSERT INTO people_person (name) VALUES ('Bo')",
    "INSERT INTO library_book (title, shelf, owner_id) VALUES ('Diary', 'b2', 2)",
)


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Migrated to the end of its migrations; not to be changed."""
    return make_project("drifted", tmp_path_factory.mktemp("drifted"), ROWS)


@pytest.fixture
def library(drifted: Shop, tmp_path: Path) -> Shop:
    return drifted.copy(tmp_path)


def schema(path: Path) -> list[tuple[str, ...]]:
    """Every table, index and column of a database, whatever the order of columns."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = [
            (table, *map(str, column[1:]))
            for table in tables
            if table != "migwizard_history_backup"
            for column in connection.execute(f'PRAGMA table_info("{table}")')
        ]
        found += connection.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql > ''")
    return sorted(map(tuple, found))


@pytest.mark.ride
def test_folded_in_it_is_a_migration_that_every_database_applies(drifted: Shop, library: Shop, tmp_path: Path) -> None:
    report = library.lines("run", "--yes", "--drift", "fold")[-1]
    assert report["drift"] == ON_TOP
    assert report["proof"]["schema_equal"]
    assert report["proof"]["rows_equal"]
    planned = [line for line in library.manage("migrate", "--plan").stdout.splitlines() if line[0] != " "]
    assert planned == ["Planned operations:", "library.0003_reset_drift", "people.0002_reset_drift"]
    assert library.manage("makemigrations", "--check").returncode == 0
    assert library.query("SELECT title FROM library_book") == [("Notes",), ("Diary",)], "no table was touched yet"
    manifest = json.loads((library.root / ".migwizard/manifest.json").read_text())
    assert manifest["drift"] == [["library", "0003_reset_drift"], ["people", "0002_reset_drift"]]
    assert not [node for node in manifest["drift"] if node in manifest["new"]["nodes"]]
    assert "Drift folded in" in (library.root / ".migwizard/proof.txt").read_text()
    assert "library.0003_reset_drift" in (library.root / ".migwizard/summary.md").read_text()

    fresh = library.copy(tmp_path / "fresh")
    fresh.database.unlink()
    for shop in (library, fresh):
        done = shop.manage("migrate", "-v0")
        assert done.returncode == 0, done.stderr
        assert shop.manage("makemigrations", "--check").returncode == 0
        assert "No planned migration operations" in shop.manage("migrate", "--plan").stdout
    assert schema(library.database) == schema(fresh.database)
    assert schema(library.database) != schema(drifted.database)
    assert library.query("SELECT title, shelf FROM library_book ORDER BY id") == [("Notes", "a1"), ("Diary", "b2")]

    refused = library.migwizard("undo", "--yes", expect=5)
    assert "library.0003_reset_drift was recorded" in refused.stderr
    for target in (("people", "0001_reset_initial"), ("library", "0002_reset_seed")):
        assert library.manage("migrate", *target, "-v0").returncode == 0
    library.migwizard("undo", "--yes")
    assert library.tree() == drifted.tree()


def test_without_the_drift_on_top_the_proof_fails(library: Shop) -> None:
    library.migwizard("run", "--yes", "--drift", "fold", "--until", "seeds")
    staged = library.staging / ON_TOP[0]
    staged.write_text(staged.read_text().replace("max_length=80", "max_length=79"))
    answers = library.root.parent / "answers.json"
    answers.write_text('{"edit:library/0003_reset_drift": "keep"}')
    failed = library.migwizard("run", "--yes", "--until", "proof", "--answers", str(answers), expect=1)
    assert "makemigrations --check does not say what it said before" in failed.stderr


def test_left_the_proof_says_that_it_is_as_it_was(library: Shop) -> None:
    report = library.lines("run", "--yes", "--until", "proof")[-1]
    assert (report["drift"], report["files_after"]) == ([], 3)
    text = " ".join((library.root / ".migwizard/proof.txt").read_text().split())
    assert (
        "Drift left as it was: with the new history makemigrations finds no more than the 5 changes of before" in text
    )


@pytest.mark.parametrize(
    ("old", "new", "asks"),
    [
        (
            "    title = models.CharField(max_length=80)\n",
            "    title = models.CharField(max_length=80)\n    isbn = models.CharField(max_length=13)\n",
            "a value of the new field book.isbn for rows that exist",
        ),
        ("    shelf =", "    place =", "whether book.shelf was renamed to book.place"),
        ("models.SET_NULL, null=True", "models.CASCADE", "a value of book.owner in place of NULL"),
    ],
    ids=["not-null", "rename", "no-more-null"],
)
def test_what_makemigrations_asks_is_said_before_anything_is_written(
    library: Shop, old: str, new: str, asks: str
) -> None:
    library.edit("library/models.py", old, new)
    if "place" in new:
        for word in ('"title", "shelf"', '["shelf"]'):
            library.edit("library/models.py", word, word.replace("shelf", "place"))
    refused = library.migwizard("run", "--yes", "--drift", "fold", expect=4)
    assert asks in " ".join(refused.stderr.split())
    assert "--drift leave" in refused.stderr
    assert not library.staging.exists()
    library.migwizard("run", "--yes", "--drift", "leave", "--until", "generate")


def test_drift_of_an_app_that_stays_out_is_left(library: Shop) -> None:
    report = library.lines("run", "--yes", "--drift", "fold", "--exclude", "people", "--until", "proof")[-1]
    assert report["drift"] == [ON_TOP[0]]
    text = " ".join((library.root / ".migwizard/proof.txt").read_text().split())
    assert "Drift folded in: library.0003_reset_drift." in text
    assert (
        "Drift left as it was: with the new history makemigrations finds no more than the 2 changes of before" in text
    )


DELETED = """
== shop/models.py
class Item(models.Model):
    name = models.CharField(max_length=9)
== shop/migrations/0001_initial.py
operations = [
    migrations.CreateModel("Item", [ID, ("name", models.CharField(max_length=9))]),
    migrations.CreateModel("Gone", [ID]),
]
"""


@pytest.mark.ride
def test_a_model_whose_deletion_is_folded_in_leaves_its_permissions_where_they_are(tmp_path: Path) -> None:
    apps = ("django.contrib.contenttypes", "django.contrib.auth")
    found = ride_in(write_project(tmp_path / "project", files_of(DELETED), apps), "--drift", "fold")
    assert found.is_proved, found.report
    assert found.report["drift"] == ["shop/0002_reset_drift.py"]
