"""The whole reset of a project on PostgreSQL: extensions, a function, triggers, views, sequences that were set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.postgresql.project import Project
from tests.postgresql.server import database, needs_postgresql

IN_A_SCHEMA = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0004_products")]
    operations = [
        migrations.RunSQL("SELECT 1"),
        migrations.RunSQL("CREATE TABLE accounting.book (id int)"),
    ]
"""

pytestmark = [needs_postgresql, pytest.mark.ride, pytest.mark.xdist_group("postgresql-ride")]


def test_sql_that_names_a_schema_which_scratch_databases_lack(tmp_path: Path) -> None:
    with database() as name:
        project = Project(tmp_path / "shop", name)
        (project.root / "store/migrations/0005_books.py").write_text(IN_A_SCHEMA)
        refused = project.migwizard("run", "--yes", "--until", "proof", expect=1)[-1]
    assert refused["code"] == "old-history"
    assert "store/migrations/0005_books.py, line 8: store.0005_books" in refused["sentence"]
    assert 'schema "accounting" does not exist' in refused["sentence"]
    assert "A scratch database lacks that schema." in refused["sentence"] and "--scratch" in refused["sentence"]


@dataclass(frozen=True, slots=True)
class Proved:
    """The project after its proof."""

    project: Project
    report: Mapping[str, Any]
    before: Mapping[str, bytes]

    def staged(self, name: str) -> str:
        return self.project.staged(name)

    @property
    def seeds(self) -> dict[str, tuple[str, str]]:
        """Verdict and rung by operation."""
        return {seed["operation"]: (seed["verdict"], seed["rung"]) for seed in self.report["seeds"]}


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proved]:
    with database() as name:
        project = Project(tmp_path_factory.mktemp("ride") / "shop", name)
        project.manage("migrate", "-v0")
        before = project.tree()
        yield Proved(project, project.migwizard("run", "--yes", "--until", "proof")[-1], before)


def test_schema_and_rows_are_equal(proved: Proved) -> None:
    proof = proved.report["proof"]
    assert (proof["engine"], proof["schema_equal"], proof["rows_equal"]) == ("postgresql", True, True)
    assert {one["kind"] for one in proof["differences"]} == {"constraint", "sequence"}, "made-up names alone"
    assert proved.project.tree() == proved.before


def test_no_scratch_database_stays_on_the_server(proved: Proved) -> None:
    assert proved.project.scratch_databases() == []


@pytest.mark.parametrize(
    ("operation", "outcome"),
    [
        ("store.0002_extensions#0", ("schema SQL", "carry")),
        ("store.0002_extensions#2", ("schema SQL", "carry")),
        ("store.0003_objects#0", ("schema SQL", "move")),
        ("store.0003_objects#4", ("schema SQL", "move")),
        ("store.0003_objects#6", ("schema SQL", "move")),
        ("people.0002_everybody#0", ("seed", "rewrite")),
        ("people.0002_everybody#1", ("schema SQL", "catalogue")),
        ("store.0004_products#0", ("seed", "materialise")),
    ],
)
def test_each_operation_stands_on_its_rung(proved: Proved, operation: str, outcome: tuple[str, str]) -> None:
    assert proved.seeds[operation] == outcome


def test_an_extension_comes_before_the_first_table_that_needs_it(proved: Proved) -> None:
    schema, seeds = proved.staged("store/0001_reset_initial"), proved.staged("store/0002_reset_sql")
    assert schema.index("HStoreExtension(") < schema.index("CreateModel")
    assert "UnaccentExtension(" in seeds
    assert "HStoreExtension" not in seeds


def test_objects_rows_and_triggers_have_files_of_their_own_in_this_order(proved: Proved) -> None:
    """PostgreSQL alters no table to which the same transaction wrote."""
    objects, rows, triggers = (
        proved.staged(f"store/{name}") for name in ("0002_reset_sql", "0003_reset_seed", "0004_reset_sql")
    )
    assert "CREATE FUNCTION" in objects
    assert "RunPython(create_rows" in rows
    assert "CREATE TRIGGER" in triggers


def test_a_sequence_that_was_set_is_set_after_the_rows(proved: Proved) -> None:
    text = proved.staged("people/0002_reset_seed")
    assert text.index("RunPython(everybody") < text.index(
        """SELECT setval(pg_get_serial_sequence('"people_customer"'"""
    )


def test_every_new_file_can_be_taken_back(proved: Proved, tmp_path: Path) -> None:
    """In a copy whose migrations are those of staging."""
    with database() as name:
        copy = proved.project.with_new_files(tmp_path / "shop", name)
        copy.manage("migrate", "-v0")
        assert copy.rows("SELECT title FROM people_customer ORDER BY id") == [("Ada",), ("Bo",)]
        assert copy.rows(
            "INSERT INTO people_customer (title, nicknames, seen) VALUES ('Cy', '{}', now()) RETURNING id"
        ) == [(1000,)]
        assert copy.rows("SELECT text FROM store_audit ORDER BY id") == [("Apple is new",), ("Anvil is new",)]
        copy.rows("DELETE FROM people_customer WHERE id = 1000")
        copy.manage("migrate", "-v0", "people", "zero")
        assert [table for table in copy.dump() if re.match("people|store", table)] == []
