"""The exchange of rows: all or nothing, once, and only the project's."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from migwizard.switch.manifest import Manifest, Node
from tests.switch.engines import Database, Sqlite
from tests.switch.support import NEW, OLD, OTHERS, RefusedError, Worker, make_database

INSERT = "INSERT INTO {table}"
DELETE = "DELETE FROM {table}"
RACING = "INSERT INTO django_migrations (app, name, applied) VALUES ('users', '0005_racing', '2020-01-01')"


def other_rows(database: Database) -> list[tuple[object, ...]]:
    return [row for row in database.rows() if row[1] not in ("users", "blog")]


def test_old_rows_leave_and_new_rows_come_in_graph_order(
    worker: Worker, database: Database, manifest: Manifest
) -> None:
    others = other_rows(database)
    old = [row[:3] for row in database.rows()]
    done = worker("switch", database, manifest)
    assert {key: done[key] for key in ("result", "state", "deleted", "inserted", "warnings")} == {
        "result": "SWITCHED",
        "state": "OLD_HEAD",
        "deleted": 4,
        "inserted": 3,
        "warnings": [],
    }
    assert database.names() == [OTHERS[0], *OTHERS[1:], ("sessions", "0001_initial"), *NEW]
    assert other_rows(database) == others
    assert [tuple(row[1:4]) for row in done["backup"] if row[0] == "old"] == old
    assert [tuple(row[2:4]) for row in done["backup"] if row[0] == "new"] == list(NEW)


def test_the_second_switch_has_nothing_to_do(worker: Worker, database: Database, manifest: Manifest) -> None:
    worker("switch", database, manifest)
    before = database.dump()
    again = worker("switch", database, manifest)
    assert (again["result"], again["state"], again["backup"]) == ("NOTHING_TO_DO", "NEW", [])
    assert database.dump() == before


def test_an_empty_database_is_left_empty(worker: Worker, place: Database, manifest: Manifest) -> None:
    before = place.dump()
    done = worker("switch", place, manifest)
    assert (done["result"], done["state"]) == ("NOTHING_TO_DO", "EMPTY")
    assert place.dump() == before


def test_a_dry_run_leaves_every_row(worker: Worker, database: Database, manifest: Manifest) -> None:
    before = database.dump()
    done = worker("switch", database, manifest, options={"dry_run": True})
    assert (done["result"], done["deleted"], done["inserted"]) == ("WOULD_SWITCH", 4, 3)
    assert database.dump() == before


def test_a_dry_run_leaves_every_byte_of_a_file(worker: Worker, tmp_path: Path, manifest: Manifest) -> None:
    file = make_database(tmp_path / "db", [*OTHERS, *OLD])
    before = file.read_bytes()
    worker("switch", file, manifest, options={"dry_run": True})
    assert file.read_bytes() == before


def test_kept_rows_stay_as_they_are(worker: Worker, database: Database, manifest: Manifest) -> None:
    kept = "SELECT * FROM django_migrations WHERE name = '0002_nick'"
    before = database.query(kept)
    done = worker("switch", database, replace(manifest, keep=(OLD[1],)))
    assert (done["deleted"], done["inserted"]) == (3, 3)
    assert database.query(kept) == before


def test_a_kept_name_that_only_a_squash_stood_for_is_recorded(
    worker: Worker, place: Database, manifest: Manifest
) -> None:
    squash: Node = ("users", "0001_squashed")
    keeping = replace(manifest, old_nodes=(squash,), alt=((squash, OLD[:2]),), known=(squash, *OLD[:2]), keep=(OLD[1],))
    database = place.make([squash])
    before = database.dump()
    assert worker("switch", database, keeping)["inserted"] == 4
    assert database.names() == [OLD[1], *NEW]
    worker("undo", database, keeping)
    assert database.dump() == before


def test_more_rows_than_one_statement_takes(worker: Worker, place: Database, manifest: Manifest) -> None:
    old = tuple(("blog", f"{number:04}_x") for number in range(1203))
    large = replace(manifest, old_nodes=old, known=old)
    database = place.make([*old, *OTHERS])
    before = database.dump()
    assert worker("switch", database, large)["deleted"] == 1203
    assert database.names() == [*OTHERS, *NEW]
    assert worker("undo", database, large)["inserted"] == 1203
    assert database.dump() == before


def test_complaints_about_the_result_refuse_it(worker: Worker, database: Database, manifest: Manifest) -> None:
    before = database.dump()
    complaint = "admin.0001_initial needs users.0001_r1_initial"
    orphan = [["admin", "0001_initial"], ["users", "0001_r1_initial"]]
    for options in ({"dry_run": True}, {}):
        with pytest.raises(RefusedError) as refused:
            worker("switch", database, manifest, options=options, hooks={"orphans": [orphan]})
        assert (refused.value.code, refused.value.details) == ("MW-E16", {"complaints": [complaint]})
        assert complaint in refused.value.text
    assert database.dump() == before


def test_a_database_that_lacks_a_migration_of_another_app_is_behind(
    worker: Worker, database: Database, manifest: Manifest
) -> None:
    before = database.dump()
    orphan = [["users", "0001_r1_initial"], ["auth", "0012_alter_user_first_name_max_length"]]
    with pytest.raises(RefusedError) as refused:
        worker("switch", database, manifest, hooks={"orphans": [orphan]})
    assert (refused.value.code, refused.value.details) == ("MW-E12", {"missing": [orphan[1]]})
    assert "is behind: it lacks auth.0012_alter_user_first_name_max_length. Deploy the release" in refused.value.text
    assert database.dump() == before


def at(database: Database, hooks: dict[str, str]) -> dict[str, str]:
    """The hooks at the statements as they are on this engine."""
    return {key: text.format(table=database.table) for key, text in hooks.items()}


@pytest.mark.parametrize(
    ("hooks", "code"),
    [
        ({"before": DELETE, "run": "DELETE FROM django_migrations WHERE name = '0002_nick'"}, "MW-E17"),
        ({"before": INSERT, "run": RACING}, "MW-E18"),
        ({"before": INSERT, "run": "DELETE FROM django_migrations WHERE app = 'admin'"}, "MW-E18"),
        ({"fail_before": INSERT}, "crash"),
        ({"fail_before": "COMMIT"}, "crash"),
    ],
)
def test_what_goes_wrong_in_the_middle_is_rolled_back(
    worker: Worker, database: Database, manifest: Manifest, hooks: dict[str, str], code: str
) -> None:
    before = database.dump()
    with pytest.raises(RefusedError) as refused:
        worker("switch", database, manifest, hooks=at(database, hooks))
    assert refused.value.code == code
    assert database.dump() == before
    assert worker("switch", database, manifest)["result"] == "SWITCHED"


def test_a_kill_between_delete_and_insert_leaves_every_row(
    second_worker: Worker, worker: Worker, database: Database, manifest: Manifest
) -> None:
    before, rows = database.dump(), database.rows()
    second_worker.send("switch", database, manifest, hooks=at(database, {"kill_before": INSERT}))
    assert second_worker.process.wait(timeout=30) == -signal.SIGKILL
    assert database.rows() == rows
    assert worker("switch", database, manifest)["result"] == "SWITCHED"
    # MySQL keeps an empty backup table of the first: there DDL is no part of the transaction. It goes with the undo.
    worker("undo", database, manifest)
    assert database.dump() == before


def test_of_two_switches_at_once_one_switches(
    second_worker: Worker, worker: Worker, database: Database, manifest: Manifest, tmp_path: Path
) -> None:
    second_worker.send("switch", database, manifest, hooks={"hold": str(tmp_path)})
    wait_for(tmp_path / "held")
    # The second one has read the old rows before it waits for the lock; only then the first one goes on.
    worker.send("switch", database, manifest, hooks={"touch_before": database.waits_at, "touch": str(tmp_path / "go")})
    results = [second_worker.receive()["result"], worker.receive()["result"]]
    assert results == ["SWITCHED", "NOTHING_TO_DO"]
    assert database.query("SELECT COUNT(*) FROM migwizard_history_backup WHERE kind = 'old'") == [(8,)]


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, "the lock was never taken"
        time.sleep(0.01)


def write(database: Database, *, patient: bool) -> None:
    with closing(database.connect(patient=patient)) as connection:
        connection.cursor().execute(RACING)


def test_a_writer_waits_for_the_switch_and_a_reader_does_not(
    second_worker: Worker, database: Database, manifest: Manifest, tmp_path: Path
) -> None:
    rows = database.rows()
    second_worker.send("switch", database, manifest, hooks={"hold": str(tmp_path)})
    wait_for(tmp_path / "held")
    assert database.rows() == rows
    with pytest.raises(database.errors):
        write(database, patient=False)
    with ThreadPoolExecutor() as others:
        written = others.submit(write, database, patient=True)
        (tmp_path / "go").touch()
        # A row that got in between would be MW-E18.
        assert second_worker.receive()["result"] == "SWITCHED"
        written.result(timeout=30)
    assert database.names()[-4:] == [*NEW, ("users", "0005_racing")]


def test_a_held_lock_is_waited_for_no_longer_than_told(worker: Worker, database: Database, manifest: Manifest) -> None:
    before = database.dump()
    with database.held():
        with pytest.raises(RefusedError) as refused:
            worker("switch", database, manifest, options={"lock_timeout": 0.05})
        assert refused.value.code == "MW-E20"
        assert "0.05 s" in refused.value.text
    assert database.dump() == before
    assert worker("switch", database, manifest)["result"] == "SWITCHED"


def test_a_reader_that_does_not_let_the_commit_through_is_a_lock_too(
    worker: Worker, tmp_path: Path, manifest: Manifest
) -> None:
    """On SQLite only: elsewhere readers keep nobody out."""
    database = Sqlite(tmp_path / "db")
    before = database.make([*OTHERS, *OLD]).dump()
    with closing(database.connect()) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM django_migrations").fetchone()
        with pytest.raises(RefusedError, match="MW-E20"):
            worker("switch", database, manifest, options={"lock_timeout": 0.05})
    assert database.dump() == before


def test_a_row_of_a_late_migrate_gives_a_warning(worker: Worker, database: Database, manifest: Manifest) -> None:
    worker("switch", database, manifest)
    database.query(RACING)
    again = worker("switch", database, manifest)
    assert again["result"] == "NOTHING_TO_DO"
    assert [warning[:6] for warning in again["warnings"]] == ["MW-W40"]
    assert "users.0005_racing" in again["warnings"][0]
    tolerant = replace(manifest, tolerate=(("users", "0005_racing"),))
    assert worker("state", database, tolerant)["warnings"] == []
