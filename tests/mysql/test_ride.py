"""The whole reset of a project on MariaDB: routines, a trigger, an event, a table by hand, counters that were set.

And its switch and undo: a database on a server is touched only where it was named.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.mysql.project import Project
from tests.mysql.server import connect, database, needs_mysql

pytestmark = [needs_mysql, pytest.mark.ride, pytest.mark.xdist_group("mysql-ride")]


@dataclass(frozen=True, slots=True)
class Proved:
    """The project after its proof, and what was to be seen then: a later test goes on with it."""

    project: Project
    report: Mapping[str, Any]
    unchanged: bool
    scratch: list[str]
    staged: Mapping[str, str]
    """The new migrations by app and name."""

    @property
    def seeds(self) -> dict[str, tuple[str, str | None]]:
        """Verdict and rung by operation."""
        return {seed["operation"]: (seed["verdict"], seed["rung"]) for seed in self.report["seeds"]}


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Proved]:
    with database() as name:
        project = Project(tmp_path_factory.mktemp("ride") / "shop", name)
        project.manage("migrate", "-v0")
        before = project.tree()
        request.addfinalizer(project.sweep)
        report = project.migwizard("run", "--yes", "--until", "proof")[-1]
        staging = project.root / ".migwizard/staging"
        staged = {
            path.relative_to(staging).with_suffix("").as_posix(): path.read_text() for path in staging.glob("*/0*.py")
        }
        yield Proved(project, report, project.tree() == before, project.scratch_databases(), staged)


def test_schema_and_rows_are_equal(proved: Proved) -> None:
    proof = proved.report["proof"]
    assert (proof["engine"], proof["schema_equal"], proof["rows_equal"]) == ("mysql", True, True)
    assert {one["kind"] for one in proof["differences"]} == {"constraint", "index"}, "made-up names alone"
    assert proved.unchanged


def test_no_scratch_database_stays_on_the_server(proved: Proved) -> None:
    assert proved.scratch == []


@pytest.mark.parametrize(
    ("operation", "outcome"),
    [
        ("people.0002_everybody#0", ("seed", "rewrite")),
        ("people.0002_everybody#1", ("schema SQL", "catalogue")),
        ("people.0004_invited#0", ("seed", "move")),
        ("store.0003_objects#0", ("schema SQL", "move")),
        ("store.0003_objects#1", ("schema SQL", "move")),
        ("store.0003_objects#2", ("schema SQL", "move")),
        ("store.0003_objects#3", ("schema SQL", "move")),
        ("store.0003_objects#4", ("schema SQL", "move")),
        ("store.0003_objects#5", ("schema SQL", "move")),
        ("store.0003_objects#6", ("both", "move")),
        ("store.0003_objects#7", ("schema SQL", "move")),
        ("store.0003_objects#8", ("one-time", None)),
        ("store.0003_objects#9", ("schema SQL", "catalogue")),
        ("store.0004_products#0", ("seed", "materialise")),
    ],
)
def test_each_operation_stands_on_its_rung(proved: Proved, operation: str, outcome: tuple[str, str | None]) -> None:
    assert proved.seeds[operation] == outcome


def test_a_constraint_that_the_server_has_not_stays_out_of_the_model(proved: Proved) -> None:
    """Inside of CreateModel, beside a default of the database, Django would run the statement None."""
    text = proved.staged["store/0001_reset_initial"]
    assert text.index("db_default='new'") < text.index("migrations.AddConstraint(")
    assert text.index("migrations.AddConstraint(") < text.index("name='one_new_product_of_a_name'")
    assert text.index("name='price_not_negative'") < text.index("migrations.AddConstraint(")


def test_objects_rows_and_triggers_have_files_of_their_own_in_this_order(proved: Proved) -> None:
    """A definition is committed by itself: what fails beside it could not be run again."""
    objects, rows, triggers = (
        proved.staged[f"store/{name}"] for name in ("0002_reset_sql", "0003_reset_seed", "0004_reset_sql")
    )
    assert "CREATE FUNCTION" in objects
    assert "RunPython(create_rows" in rows
    assert "CREATE TRIGGER" in triggers
    assert "CREATE EVENT" in triggers


def test_what_was_a_list_stays_one(proved: Proved) -> None:
    """Django would take a text apart at the semicolons in the body of a routine."""
    text = 'sql=["""CREATE PROCEDURE store_tidy() BEGIN DELETE FROM store_audit; SELECT 1; END"""],'
    assert text in proved.staged["store/0002_reset_sql"]


def test_a_counter_that_was_set_is_set_after_the_rows(proved: Proved) -> None:
    text = proved.staged["people/0002_reset_seed"]
    assert text.index("RunPython(invited") < text.index("ALTER TABLE `people_customer` AUTO_INCREMENT = 1000")


def test_every_new_file_can_be_taken_back(proved: Proved, tmp_path: Path) -> None:
    """In a copy whose migrations are those of staging."""
    with database() as own:
        copy = Project(tmp_path / "shop", own)
        for app in ("people", "store"):
            for old in (copy.root / app / "migrations").glob("0*.py"):
                old.unlink()
        for node, text in proved.staged.items():
            app, name = node.split("/")
            (copy.root / app / "migrations" / f"{name}.py").write_text(text)
        copy.manage("migrate", "-v0")
        assert copy.rows("SELECT title FROM people_customer ORDER BY id") == [("Ada",), ("Bo",)]
        copy.rows("INSERT INTO people_customer (title, nicknames, seen, points) VALUES ('Cy', '[]', now(), 0)")
        assert copy.rows("SELECT id FROM people_customer WHERE title = 'Cy'") == [(1000,)]
        assert len(copy.rows("SELECT text FROM store_audit")) == 2
        copy.rows("DELETE FROM people_customer WHERE id = 1000")
        copy.manage("migrate", "-v0", "store", "zero")
        copy.manage("migrate", "-v0", "people", "zero")
        assert [table for table in copy.dump() if re.match("people|store", table)] == []
        assert copy.rows("SELECT 1 FROM information_schema.routines WHERE routine_schema = DATABASE()") == []


def test_a_reset_and_its_undo(proved: Proved) -> None:
    project = proved.project
    files, rows = project.tree(), project.dump()

    # Applied, not switched: a legal state, in which migrate stops before it writes: definitions could not be taken back.
    report = project.migwizard("run", "--yes")[-1]
    assert report["databases"] == {"default": "not touched"}
    assert project.tree() != files
    assert project.dump() == rows
    stopped = project.start(sys.executable, "manage.py", "migrate", "-v0")
    assert stopped.returncode == 1
    assert "is still at the old history" in stopped.stderr or "InconsistentMigrationHistory" in stopped.stderr
    assert project.dump() == rows

    # A writer that holds the history: the switch waits, refuses, and says so.
    with connect(project.database) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE django_migrations SET name = name")
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())")
        refused = project.migwizard("fake", "--database", "default", "--yes", expect=5)[-1]
        assert refused["code"] == "MW-E20"
        other.rollback()
    assert project.dump() == rows

    # A dry run writes nothing; the switch changes nothing but the history.
    would = project.migwizard("fake", "--database", "default", "--dry-run")[-1]["databases"]["default"]
    assert (would["result"], would["deleted"]) == ("WOULD_SWITCH", 8)
    assert project.dump() == rows
    done = project.migwizard("fake", "--database", "default", "--yes")[-1]["databases"]["default"]
    assert (done["result"], done["deleted"]) == ("SWITCHED", 8)
    now = project.dump()
    assert {table for table in now if now[table] != rows.get(table)} == {
        "django_migrations",
        "migwizard_history_backup",
    }
    assert "No planned migration operations" in project.manage("migrate", "--plan")
    assert project.migwizard("status")[-1]["databases"] == {"default": "NEW"}

    # Undo: every byte and every row, with ids and times.
    undone = project.start(sys.executable, "-m", "migwizard", "undo", "--yes", "--python", sys.executable)
    assert undone.returncode == 0, undone.stderr
    assert project.tree() == files
    assert project.dump() == rows
    assert "No planned migration operations" in project.manage("migrate", "--plan")
    assert project.scratch_databases() == []
