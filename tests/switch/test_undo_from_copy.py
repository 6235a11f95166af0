"""Undo where the backup table is lost: from what the switch reported, and only on the database that it switched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from migwizard.switch.manifest import Manifest
from tests.switch.conftest import POSTGRESQL
from tests.switch.engines import Database
from tests.switch.support import RefusedError, Worker
from tests.switch.test_undo import RECORD


def switched_without_table(worker: Worker, database: Database, manifest: Manifest) -> dict[str, Any]:
    """Switch, lose the backup table, and return the options of an undo that uses the report instead."""
    backup = worker("switch", database, manifest)["backup"]
    database.query("DROP TABLE migwizard_history_backup")
    with pytest.raises(RefusedError, match="MW-E30"):
        worker("undo", database, manifest)
    return {"backup": backup}


def test_rows_ids_times_and_sequence_return(worker: Worker, database: Database, manifest: Manifest) -> None:
    database.query("DELETE FROM django_migrations WHERE app = 'sessions'")  # the sequence is ahead of the ids
    before = database.dump()
    options = switched_without_table(worker, database, manifest)
    tried = database.dump()
    assert worker("undo", database, manifest, options=options | {"dry_run": True})["result"] == "WOULD_UNDO"
    assert database.dump() == tried
    assert worker("undo", database, manifest, options=options)["inserted"] == 4
    assert database.dump() == before


def test_it_stands_in_where_only_the_rows_of_the_run_are_lost(
    worker: Worker, database: Database, manifest: Manifest
) -> None:
    before = database.dump()
    backup = worker("switch", database, manifest)["backup"]
    database.query("DELETE FROM migwizard_history_backup WHERE kind = 'old'")
    with pytest.raises(RefusedError, match="MW-E31"):
        worker("undo", database, manifest)
    worker("undo", database, manifest, options={"backup": backup})
    assert database.dump() == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (RECORD.format("blog", "0003_coupons"), "MW-E32"),
        ("DELETE FROM django_migrations WHERE name = '0002_r1_seed'", "MW-E32"),
        ("UPDATE django_migrations SET applied = '2020-01-01' WHERE name = '0002_r1_seed'", "MW-E33"),
        ("UPDATE django_migrations SET id = id + 100 WHERE name = '0002_r1_seed'", "MW-E33"),
    ],
)
def test_another_or_a_later_history_is_not_touched(
    worker: Worker, database: Database, manifest: Manifest, change: str, code: str
) -> None:
    options = switched_without_table(worker, database, manifest)
    database.query(change)
    before = database.dump()
    for dry_run in (True, False):
        with pytest.raises(RefusedError, match=code):
            worker("undo", database, manifest, options=options | {"dry_run": dry_run})
    assert database.dump() == before


@pytest.fixture
def local_worker(tmp_path: Path) -> Iterator[Worker]:
    """In a project whose times are those of its zone."""
    said = 'SECRET_KEY = "x"\nUSE_TZ = False\nTIME_ZONE = "Europe/Berlin"\nINSTALLED_APPS = []\n'
    (tmp_path / "settings.py").write_text(said)
    worker = Worker(tmp_path)
    yield worker
    worker.close()


def instants(database: Database) -> list[tuple[Any, ...]]:
    return database.query("SELECT id, app, name, applied AT TIME ZONE 'UTC' FROM django_migrations ORDER BY id")


@pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)
def test_both_hours_at_the_end_of_summer_return(local_worker: Worker, database: Database, manifest: Manifest) -> None:
    for name, applied in (("0002_nick", "2025-10-26 01:30+00"), ("0002_seed", "2025-10-26 00:30+00")):
        database.query(f"UPDATE django_migrations SET applied = '{applied}' WHERE name = '{name}'")
    before = instants(database)
    options = switched_without_table(local_worker, database, manifest)
    local_worker("undo", database, manifest, options=options)
    assert instants(database) == before


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)
def test_a_copy_in_the_form_of_former_versions_is_read(
    worker: Worker, local_worker: Worker, database: Database, manifest: Manifest, zone: str
) -> None:
    """ISO text in UTC without microseconds where there are none; with USE_TZ off the time of the zone, without its offset."""
    before = instants(database)
    chosen = worker if zone == "UTC" else local_worker
    options = switched_without_table(chosen, database, manifest)
    for row in options["backup"]:
        at = datetime.fromisoformat(row[4]).astimezone(ZoneInfo(zone))
        row[4] = (at if zone == "UTC" else at.replace(tzinfo=None)).isoformat()
    chosen("undo", database, manifest, options=options)
    assert instants(database) == before
