"""Apply, switch and undo on PostgreSQL: a database on a server is touched only where it was named."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from migwizard.switch.script import FILE_NAME
from tests.postgresql.project import Project
from tests.postgresql.server import connect, database, needs_postgresql, query

# The steps of one reset, one after the other: made apart they would be five resets.
pytestmark = [needs_postgresql, pytest.mark.ride, pytest.mark.xdist_group("postgresql-switch")]


CUT = """
CREATE FUNCTION cut() RETURNS trigger AS $$
BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER cut BEFORE DELETE ON django_migrations FOR EACH STATEMENT EXECUTE FUNCTION cut()
"""


@contextmanager
def cutting(name: str) -> Iterator[None]:
    """The server ends the connection of whoever takes a row out of the history, in the middle of the transaction."""
    query(CUT, name)
    yield
    query("DROP FUNCTION cut() CASCADE", name)


@contextmanager
def as_application(project: Project) -> Iterator[Project]:
    """As a role with all rights on all tables but the backup of the switch."""
    role = f"fixture_{uuid.uuid4().hex[:8]}"
    query(f"CREATE ROLE {role} LOGIN")
    query(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}", project.database)
    query(f"REVOKE ALL ON migwizard_history_backup FROM {role}", project.database)
    try:
        yield Project(project.root, project.database, role)
    finally:
        query(f"DROP OWNED BY {role}", project.database)
        query(f"DROP ROLE {role}")


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with database() as name:
        project = Project(tmp_path_factory.mktemp("switch") / "shop", name)
        project.manage("migrate", "-v0")
        yield project


def test_a_reset_and_its_undo(project: Project) -> None:
    files, rows = project.tree(), project.dump()

    # Applied, not switched: a legal state, in which migrate stops.
    report = project.migwizard("run", "--yes")[-1]
    assert report["databases"] == {"default": "not touched"}
    assert project.tree() != files
    assert project.dump() == rows
    stopped = project.start(sys.executable, "manage.py", "migrate", "-v0")
    assert stopped.returncode == 1
    assert "is still at the old history" in stopped.stderr or "InconsistentMigrationHistory" in stopped.stderr
    assert project.dump() == rows

    # A writer that holds the history: the switch waits, refuses, and says so.
    with connect(project.database) as other, other.transaction():
        other.execute("LOCK TABLE django_migrations IN ROW EXCLUSIVE MODE")
        refused = project.migwizard("fake", "--database", "default", "--yes", expect=5)[-1]
        assert refused["code"] == "MW-E20"
    assert project.dump() == rows

    # A connection that is cut in the middle of the switch.
    with cutting(project.database):
        refused = project.migwizard("fake", "--database", "default", "--yes", expect=5)[-1]
        assert "terminating connection" in refused["sentence"] and "No row was changed" in refused["sentence"]
        assert project.dump() == rows

    # A dry run writes nothing; the switch changes nothing but the history.
    would = project.migwizard("fake", "--database", "default", "--dry-run")[-1]["databases"]["default"]
    assert (would["result"], would["deleted"]) == ("WOULD_SWITCH", 7)
    assert project.dump() == rows
    done = project.migwizard("fake", "--database", "default", "--yes")[-1]["databases"]["default"]
    assert (done["result"], done["deleted"]) == ("SWITCHED", 7)
    now = project.dump()
    assert {table for table in now if now[table] != rows.get(table)} == {
        "django_migrations",
        "migwizard_history_backup",
    }
    assert "No planned migration operations" in project.manage("migrate", "--plan")
    assert project.migwizard("status")[-1]["databases"] == {"default": "NEW"}

    # The application's own role, who may not read the backup: it can look, and cannot undo.
    with as_application(project) as poor:
        assert poor.migwizard("status")[-1]["databases"] == {"default": "NEW"}
        checked = poor.start(sys.executable, FILE_NAME, "check")
        assert checked.returncode == 0, checked.stderr
        assert "is at the new history. Nothing to do." in checked.stdout
        assert poor.migwizard("fake", "--database", "default", "--yes")[-1]["databases"]["default"]["deleted"] == 0
        denied = poor.start(sys.executable, "-m", "migwizard", "undo", "--yes", "--python", sys.executable)
        assert denied.returncode == 5
        assert "permission denied for table migwizard_history_backup. Do it as the user who owns the tables" in (
            " ".join(denied.stderr.split())
        )
        query(f"REVOKE ALL ON django_migrations FROM {poor.user}", project.database)
        unread = poor.migwizard("fake", "--database", "default", "--yes", expect=5)[-1]["sentence"]
        assert "permission denied for table django_migrations. Let its owner grant what is lacking. Nothing" in unread
    assert project.dump() == now

    # Undo: nothing of it when the connection is cut; else every byte and every row, with ids and times.
    switched = project.tree()
    with cutting(project.database):
        cut = project.start(sys.executable, "-m", "migwizard", "undo", "--yes", "--python", sys.executable)
        assert cut.returncode == 5
        assert "terminating connection" in cut.stderr and "Nothing was changed" in cut.stderr
        assert (project.tree(), project.dump()) == (switched, now)
    undone = project.start(sys.executable, "-m", "migwizard", "undo", "--yes", "--python", sys.executable)
    assert undone.returncode == 0, undone.stderr
    assert project.tree() == files
    assert project.dump() == rows
    assert "No planned migration operations" in project.manage("migrate", "--plan")
    assert project.scratch_databases() == []
