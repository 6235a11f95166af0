"""Undo where the backup table is lost: from what the switch reported, and only on the database that it switched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from migwizard.switch.manifest import Manifest
from tests.switch.support import RefusedError, Worker, dump, query
from tests.switch.test_undo import RECORD


def switched_without_table(worker: Worker, database: Path, manifest: Manifest) -> dict[str, Any]:
    """Switch, lose the backup table, and return the options of an undo that uses the report instead."""
    backup = worker("switch", database, manifest)["backup"]
    query(database, "DROP TABLE migwizard_history_backup")
    with pytest.raises(RefusedError, match="MW-E30"):
        worker("undo", database, manifest)
    return {"backup": backup}


def test_rows_ids_times_and_sequence_return(worker: Worker, database: Path, manifest: Manifest) -> None:
    query(database, "DELETE FROM django_migrations WHERE app = 'sessions'")  # the sequence is ahead of the ids
    before = dump(database)
    options = switched_without_table(worker, database, manifest)
    tried = dump(database)
    assert worker("undo", database, manifest, options=options | {"dry_run": True})["result"] == "WOULD_UNDO"
    assert dump(database) == tried
    assert worker("undo", database, manifest, options=options)["inserted"] == 4
    assert dump(database) == before


def test_it_stands_in_where_only_the_rows_of_the_run_are_lost(
    worker: Worker, database: Path, manifest: Manifest
) -> None:
    before = dump(database)
    backup = worker("switch", database, manifest)["backup"]
    query(database, "DELETE FROM migwizard_history_backup WHERE kind = 'old'")
    with pytest.raises(RefusedError, match="MW-E31"):
        worker("undo", database, manifest)
    worker("undo", database, manifest, options={"backup": backup})
    assert dump(database) == before


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
    worker: Worker, database: Path, manifest: Manifest, change: str, code: str
) -> None:
    options = switched_without_table(worker, database, manifest)
    query(database, change)
    before = dump(database)
    for dry_run in (True, False):
        with pytest.raises(RefusedError, match=code):
            worker("undo", database, manifest, options=options | {"dry_run": dry_run})
    assert dump(database) == before
