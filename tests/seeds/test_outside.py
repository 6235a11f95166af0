"""What lies outside of the database: data files, other makers of rows, and work that must not reach what is real."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.seeds.rides import SeedRide

pytestmark = [pytest.mark.ride, pytest.mark.xdist_group("seed-rides")]


def told(outside: SeedRide, operation: str) -> str:
    """The evidence for an operation, as a person reads it."""
    found: dict[str, Any] = json.loads((outside.folder / ".migwizard/work/seeds.json").read_text())
    return " ".join(found[f"pond.{operation}"]["evidence"])


def test_histories_with_work_outside_of_the_database_are_proved_equal(outside: SeedRide) -> None:
    assert outside.is_proved, outside.report
    assert outside.rungs == {
        **{f"0002_data_files#{number}": ("seed", "move") for number in range(4)},
        "0003_outside#0": ("ask", "move"),
        "0003_outside#1": ("ask", "move"),
        "0003_outside#2": ("ask", "move"),
        "0003_outside#3": ("schema SQL", "catalogue"),
        "0003_outside#4": ("seed", "move"),
        "0003_outside#5": ("ask", "move"),
        "0003_outside#6": ("ask", "move"),
    }


def test_data_files_are_found_from_the_new_migrations_in_the_tree(outside: SeedRide) -> None:
    """Beside the migration, above it, from the folder of manage.py, and as a fixture of the app."""
    assert outside.rows("SELECT name FROM pond_fish ORDER BY id") == [("carp",), ("pike",), ("eel",)]
    assert outside.rows("SELECT name FROM pond_plant ORDER BY id") == [("reed",), ("mill pond",)]


def test_data_files_are_part_of_what_a_kept_run_depends_on(outside: SeedRide) -> None:
    known = json.loads((outside.folder / ".migwizard/work/sources.json").read_text())
    files = ["pond/data/fish.csv", "pond/data/more_fish.csv", "pond/fixtures/plants.json", "pond/migrations/fish.csv"]
    assert set(files) <= set(known)
    assert "pond/migrations/0002_data_files.py" in known


def test_rows_that_no_migration_makes_come_again_by_themselves(outside: SeedRide) -> None:
    assert outside.rows("SELECT name FROM pond_made ORDER BY name") == [
        ("by a handler of a migration",),
        ("by the command",),
        ("by the handler of the app",),
    ]
    assert "Made" not in outside.staged_seeds("pond").replace("from pond.models import Made", "").replace(
        "Made.obj", ""
    )


def test_nothing_reaches_what_people_work_with(outside: SeedRide) -> None:
    written = [path for name in ("media", "mails", "cache", "own") for path in (outside.folder / name).rglob("*")]
    assert [path.name for path in written] == ["kept.txt"]


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("0003_outside#0", "wrote 2 files (media/pictures/fish.txt, media/"),
        ("0003_outside#0", "Ran no statement, but worked outside of the database."),
        ("0003_outside#1", "sent 1 mail (The pond is full)"),
        ("0003_outside#2", "Connects a handler (post_migrate: pond.migrations.0003_outside.later.<locals>.make)"),
        ("0003_outside#4", "Its code asks for settings.POND_NAME"),
        ("0003_outside#5", "its source asks for environ"),
        ("0003_outside#6", "Sets the counter that gives rows their numbers"),
    ],
)
def test_what_an_operation_did_or_asked_for_is_told(outside: SeedRide, operation: str, words: str) -> None:
    assert words in told(outside, operation)


def test_the_certificate_names_what_seeds_depend_on(outside: SeedRide) -> None:
    caveats = json.loads((outside.folder / ".migwizard/proof.json").read_text())["caveats"]
    assert "What pond.0003_outside#4 leaves may depend on settings.POND_NAME." in caveats


def test_a_counter_that_was_set_on_purpose_is_set_again(outside: SeedRide) -> None:
    assert outside.rows("SELECT seq FROM sqlite_sequence WHERE name = 'pond_plant'") == [(1000,)]
