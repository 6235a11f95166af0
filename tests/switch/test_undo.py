"""Undo: the database is as it was, or it is not touched."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migwizard.switch.manifest import Manifest, Node, build
from tests.switch.conftest import MYSQL, POSTGRESQL
from tests.switch.engines import Database, Sqlite
from tests.switch.support import NEW, OLD, OTHERS, RefusedError, Worker

RECORD = "INSERT INTO django_migrations (app, name, applied) VALUES ('{}', '{}', '2020-01-01')"


def test_undo_restores_rows_schema_and_sequences(worker: Worker, database: Database, manifest: Manifest) -> None:
    database.query("DELETE FROM django_migrations WHERE app = 'sessions'")  # the sequence is ahead of the ids
    before = database.dump()
    worker("switch", database, manifest)
    assert database.dump() != before
    assert worker("undo", database, manifest) == {"result": "UNDONE", "deleted": 3, "inserted": 4, "warnings": []}
    assert database.dump() == before


def test_switch_and_undo_can_be_repeated(worker: Worker, database: Database, manifest: Manifest) -> None:
    before = database.dump()
    for _ in range(2):
        assert worker("switch", database, manifest)["result"] == "SWITCHED"
        worker("undo", database, manifest)
    assert database.dump() == before


def rows_of(app: str) -> st.SearchStrategy[list[Node]]:
    return st.lists(st.integers(1, 30).map(lambda number: (app, f"{number:04}_x")), max_size=8, unique=True)


@settings(max_examples=25)
@given(old=rows_of("blog"), others=rows_of("auth"), kept=st.integers(0, 2), data=st.data())
def test_undo_after_switch_is_the_identity(
    worker: Worker, old: list[Node], others: list[Node], kept: int, data: st.DataObject
) -> None:
    rows: Sequence[Node] = data.draw(st.permutations([*old, *others]))
    manifest = build(
        run_id="r", created="", apps=["blog"], old_nodes=old, new_nodes=[("blog", "1_r1")], keep=old[:kept]
    )
    with TemporaryDirectory() as folder:
        database = Sqlite(Path(folder, "db")).make(rows)
        before = database.dump()
        if worker("switch", database, manifest)["result"] == "SWITCHED":
            assert worker("state", database, manifest)["state"] == "NEW"
            worker("undo", database, manifest)
        else:
            assert not old
        assert database.dump() == before


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (RECORD.format("blog", "0003_coupons"), "blog.0003_coupons was recorded"),
        ("DELETE FROM django_migrations WHERE name = '0002_r1_seed'", "blog.0002_r1_seed is gone"),
        (RECORD.format("users", "0002_nick"), "users.0002_nick was recorded"),
        ("DELETE FROM django_migrations WHERE app = 'admin'", "admin.0001_initial is gone"),
    ],
)
def test_a_history_that_moved_on_is_not_undone(
    worker: Worker, database: Database, manifest: Manifest, change: str, word: str
) -> None:
    worker("switch", database, manifest)
    database.query(change)
    before = database.dump()
    with pytest.raises(RefusedError) as refused:
        worker("undo", database, manifest)
    assert refused.value.code == "MW-E32"
    assert refused.value.details["moved"] == [word]
    assert word in refused.value.text
    assert database.dump() == before


def test_a_row_of_another_app_since_the_switch_stays(worker: Worker, database: Database, manifest: Manifest) -> None:
    before = database.rows()
    worker("switch", database, manifest)
    database.query(RECORD.format("thirdp", "0001_initial"))
    worker("undo", database, manifest)
    after = database.rows()
    assert after[:-1] == before
    assert after[-1][1:3] == ("thirdp", "0001_initial")
    database.query(RECORD.format("thirdp", "0002_more"))
    assert database.query("SELECT MAX(id) FROM django_migrations") == [(after[-1][0] + 1,)]


def test_a_lost_kept_row_is_noticed(worker: Worker, database: Database, manifest: Manifest) -> None:
    keeping = replace(manifest, keep=(OLD[1],))
    worker("switch", database, keeping)
    database.query("DELETE FROM django_migrations WHERE name = '0002_nick'")
    with pytest.raises(RefusedError, match="MW-E32"):
        worker("undo", database, keeping)


def test_without_backup_there_is_no_undo(worker: Worker, database: Database, manifest: Manifest) -> None:
    with pytest.raises(RefusedError, match="MW-E30"):
        worker("undo", database, manifest)
    worker("switch", database, manifest)
    with pytest.raises(RefusedError, match="MW-E31"):
        worker("undo", database, replace(manifest, run_id="another"))
    worker("undo", database, manifest)
    with pytest.raises(RefusedError, match="MW-E30"):
        worker("undo", database, manifest)


def test_two_resets_are_undone_from_the_last(worker: Worker, place: Database, manifest: Manifest) -> None:
    second = build(
        run_id="r2",
        created="",
        apps=manifest.apps,
        old_nodes=NEW,
        known=OLD,
        new_nodes=[("users", "0001_r2"), ("blog", "0001_r2")],
    )
    database = place.make([*OTHERS, *OLD])
    before = database.dump()
    worker("switch", database, manifest)
    between = database.rows()
    worker("switch", database, second)
    with pytest.raises(RefusedError, match="MW-E32"):
        worker("undo", database, manifest)
    worker("undo", database, second)
    assert database.rows() == between
    worker("undo", database, manifest)
    assert database.dump() == before


def test_a_database_restored_by_hand_is_switched_with_a_fresh_backup(
    worker: Worker, database: Database, manifest: Manifest
) -> None:
    worker("switch", database, manifest)
    database.query("DELETE FROM django_migrations")
    for app, name in OLD:
        database.query(RECORD.format(app, name))
    by_hand = database.rows()
    assert worker("switch", database, manifest)["result"] == "SWITCHED"
    worker("undo", database, manifest)
    assert database.rows() == by_hand


@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "INSERT INTO {table}", "COMMIT"])
def test_an_undo_that_fails_in_the_middle_is_rolled_back(
    worker: Worker, database: Database, manifest: Manifest, statement: str
) -> None:
    worker("switch", database, manifest)
    before = database.dump()
    with pytest.raises(RefusedError, match="crash"):
        worker("undo", database, manifest, hooks={"fail_before": statement.format(table=database.table)})
    assert database.dump() == before


@pytest.mark.parametrize("place", ["sqlite", POSTGRESQL], indirect=True)
def test_the_end_of_the_backup_table_is_a_part_of_the_undo(
    worker: Worker, database: Database, manifest: Manifest
) -> None:
    worker("switch", database, manifest)
    before = database.dump()
    with pytest.raises(RefusedError, match="crash"):
        worker("undo", database, manifest, hooks={"fail_before": "DROP"})
    assert database.dump() == before


@pytest.mark.parametrize("place", [POSTGRESQL, MYSQL], indirect=True)
def test_an_empty_backup_table_that_somebody_reads_stays_and_the_undo_is_complete(
    worker: Worker, database: Database, manifest: Manifest
) -> None:
    rows = database.rows()
    worker("switch", database, manifest)
    with closing(database.connect()) as reader:
        cursor = reader.cursor()
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM migwizard_history_backup")
        done = worker("undo", database, manifest, options={"lock_timeout": 1})
    assert done["result"] == "UNDONE"
    (warning,) = done["warnings"]
    assert "the empty table migwizard_history_backup: somebody else held it for 1 s." in warning
    assert database.rows() == rows
    assert database.query("SELECT * FROM migwizard_history_backup") == []


@pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)
def test_it_is_named_which_table_was_held(worker: Worker, database: Database, manifest: Manifest) -> None:
    worker("switch", database, manifest)
    for table in ("migwizard_history_backup", "django_migrations"):
        with closing(database.connect()) as other:
            other.execute("BEGIN")
            other.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            with pytest.raises(RefusedError) as refused:
                worker("undo", database, manifest, options={"lock_timeout": 0.05})
        assert f"somebody else held {table} for 0.05 s" in refused.value.text


@pytest.mark.parametrize("place", [MYSQL], indirect=True)
def test_where_definitions_commit_an_empty_backup_table_may_stay(
    worker: Worker, database: Database, manifest: Manifest
) -> None:
    """As where the user of the database may drop no table: the rows are back, and it is said that the table is left."""
    before, rows = database.dump(), database.rows()
    worker("switch", database, manifest)
    done = worker("undo", database, manifest, hooks={"deny": "DROP"})
    assert done["result"] == "UNDONE"
    assert [warning[:6] for warning in done["warnings"]] == ["MW-W41"]
    assert "command denied to this user" in done["warnings"][0]
    assert database.rows() == rows
    assert worker("state", database, manifest)["saved"] == 0
    with pytest.raises(RefusedError, match="MW-E31"):
        worker("undo", database, manifest)
    worker("switch", database, manifest)
    worker("undo", database, manifest)
    assert database.dump() == before
