"""Which state the rows of a database show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from migwizard.switch.manifest import Manifest, Node
from tests.switch.engines import Database
from tests.switch.support import NEW, OLD, OTHERS, RefusedError, Worker, make_database

SQUASH: Node = ("blog", "0001_squashed_0002")
NESTED: Node = ("blog", "0001_squashed_0001")


def as_lists(nodes: Sequence[Node]) -> list[list[str]]:
    return [list(node) for node in nodes]


@pytest.mark.parametrize(
    ("rows", "tables", "expected"),
    [
        ([], [], "EMPTY"),
        (OTHERS, [], "EMPTY"),
        (OTHERS, ["auth_user"], "EMPTY"),
        (OTHERS, ["users_user"], "TABLES_WITHOUT_ROWS"),
        ([*OTHERS, *OLD], ["users_user"], "OLD_HEAD"),
        ([*OLD[::-1], *OLD], [], "OLD_HEAD"),
        ([*OTHERS, *OLD[:-1]], [], "BEHIND"),
        ([*OLD, ("blog", "0003_hotfix")], [], "UNKNOWN"),
        ([*OLD[:-1], ("blog", "0003_hotfix")], [], "UNKNOWN"),
        ([*OTHERS, *NEW], ["users_user"], "NEW"),
        ([*NEW[:1]], [], "NEW_PARTIAL"),
        ([*OLD[:1], *NEW[:1]], [], "MIXED"),
        ([*OLD, *NEW], [], "MIXED"),
    ],
)
def test_each_state_is_told_from_its_rows(
    worker: Worker, place: Database, manifest: Manifest, rows: list[Node], tables: list[str], expected: str
) -> None:
    database = place.make(rows, tables)
    before = database.dump()
    found = worker("state", database, manifest)
    codes = {"TABLES_WITHOUT_ROWS": "MW-E15", "BEHIND": "MW-E12", "UNKNOWN": "MW-E13", "MIXED": "MW-E14"}
    assert (found["state"], found["code"]) == (expected, codes.get(expected))
    assert "'default'" in found["sentence"]
    assert database.dump() == before


def test_a_database_without_the_table_is_empty(worker: Worker, place: Database, manifest: Manifest) -> None:
    assert worker("state", place, manifest)["state"] == "EMPTY"


@pytest.mark.parametrize(
    ("rows", "tables", "code"),
    [
        (OTHERS, ["users_user"], "MW-E15"),
        (OLD[:2], [], "MW-E12"),
        ([*OLD, ("blog", "0003_hotfix")], [], "MW-E13"),
        ([*OLD, *NEW], [], "MW-E14"),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_wrong_state_is_refused_and_nothing_is_written(
    worker: Worker, place: Database, manifest: Manifest, rows: list[Node], tables: list[str], code: str, dry_run: bool
) -> None:
    database = place.make(rows, tables)
    before = database.dump()
    with pytest.raises(RefusedError) as refused:
        worker("switch", database, manifest, options={"dry_run": dry_run})
    assert refused.value.code == code
    assert refused.value.text.endswith(f"Nothing was changed. ({code})")
    assert database.dump() == before


def test_a_database_behind_is_told_what_it_lacks(worker: Worker, place: Database, manifest: Manifest) -> None:
    found = worker("state", place.make(OLD[:2]), manifest)
    assert found["missing"] == as_lists(OLD[2:])
    assert "blog.0001_initial and blog.0002_seed" in found["sentence"]
    assert "abc123" in found["sentence"]


def test_many_names_are_counted_instead_of_listed(worker: Worker, place: Database, manifest: Manifest) -> None:
    strange = [("blog", f"0{number:03}_x") for number in range(100, 110)]
    found = worker("state", place.make([*OLD, *strange]), manifest)
    assert found["unknown"] == as_lists(strange)
    assert "blog.0102_x and 7 more" in found["sentence"]


def test_a_tolerated_row_is_no_hindrance(worker: Worker, place: Database, manifest: Manifest) -> None:
    database = place.make([*OLD, ("blog", "0003_hotfix")])
    tolerant = replace(manifest, tolerate=(("blog", "0003_hotfix"),))
    assert worker("state", database, tolerant)["state"] == "OLD_HEAD"
    assert worker("switch", database, tolerant)["deleted"] == 5


def squashed(manifest: Manifest) -> Manifest:
    """The old history holds a squash that replaces a squash and the seed; all files are still on disk."""
    alt = ((NESTED, (OLD[2],)), (SQUASH, (NESTED, OLD[3])))
    return replace(manifest, old_nodes=(*OLD[:2], SQUASH), alt=alt, known=(*OLD, NESTED, SQUASH))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([SQUASH], "OLD_HEAD"),
        ([NESTED, OLD[3]], "OLD_HEAD"),
        ([OLD[2], OLD[3]], "OLD_HEAD"),
        ([OLD[2], NESTED, OLD[3], SQUASH], "OLD_HEAD"),
        ([OLD[3]], "BEHIND"),
        ([NESTED], "BEHIND"),
        ([], "BEHIND"),
    ],
)
def test_the_rows_of_all_replaced_stand_for_a_squash(
    worker: Worker, tmp_path: Path, manifest: Manifest, rows: list[Node], expected: str
) -> None:
    database = make_database(tmp_path / "db", [*OLD[:2], *rows])
    assert worker("state", database, squashed(manifest))["state"] == expected
    if expected == "OLD_HEAD":
        assert worker("switch", database, squashed(manifest))["deleted"] == 2 + len(rows)


def test_squashes_that_replace_each_other_end(worker: Worker, tmp_path: Path, manifest: Manifest) -> None:
    circular = replace(squashed(manifest), alt=((NESTED, (SQUASH,)), (SQUASH, (NESTED,))))
    assert worker("state", make_database(tmp_path / "db", OLD[:2]), circular)["state"] == "BEHIND"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([OLD[1], *NEW], "NEW"),
        ([OLD[1], NEW[0]], "NEW_PARTIAL"),
        ([OLD[0], OLD[1], *NEW], "MIXED"),
        (OLD, "OLD_HEAD"),
        ([OLD[1]], "BEHIND"),
    ],
)
def test_kept_rows_do_not_make_a_new_history_mixed(
    worker: Worker, tmp_path: Path, manifest: Manifest, rows: list[Node], expected: str
) -> None:
    keeping = replace(manifest, keep=(OLD[1],))
    assert worker("state", make_database(tmp_path / "db", rows), keeping)["state"] == expected


def test_a_manifest_of_a_newer_format_is_refused(worker: Worker, database: Database, manifest: Manifest) -> None:
    class Newer:
        def to_dict(self) -> dict[str, object]:
            return {**manifest.to_dict(), "format": 2}

    with pytest.raises(RefusedError, match="format 2"):
        worker("state", database, Newer())
