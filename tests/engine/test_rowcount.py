"""Why rows and files differ: the numbers of the reasons add up to the difference."""

from __future__ import annotations

import re

from migwizard.engine.switching.rowcount import why_not_as_files
from migwizard.switch.manifest import Manifest, Node, build

INITIAL, SQUASH, LATER = ("shop", "0001_initial"), ("shop", "0001_squashed_0003"), ("shop", "0004_later")
PARTS = [("shop", "0002_a"), ("shop", "0003_b")]


def manifest(*, keep: tuple[Node, ...] = (), tolerate: tuple[Node, ...] = ()) -> Manifest:
    return build(
        run_id="r1", created="2024-05-17", apps=["shop"], old_nodes=[SQUASH, LATER],
        new_nodes=[("shop", "0001_reset")], alt={SQUASH: [INITIAL, *PARTS]}, keep=keep, tolerate=tolerate,
    )  # fmt: skip


def test_where_rows_and_files_agree_nothing_is_explained() -> None:
    assert why_not_as_files([SQUASH, LATER], {SQUASH, LATER}, manifest()) == ""


def test_rows_of_what_a_squash_replaced_are_named() -> None:
    said = why_not_as_files([INITIAL, *PARTS, SQUASH, LATER], {SQUASH, LATER}, manifest())
    assert said == (
        "5 rows go out for 2 files: 3 rows of migrations that an earlier squash replaced, whose files are gone."
    )


def test_files_for_which_other_rows_stand_are_named() -> None:
    said = why_not_as_files([INITIAL, *PARTS, LATER], {INITIAL, *PARTS, SQUASH, LATER}, manifest())
    assert said == (
        "4 rows go out for 5 files: 1 file has no row, because the rows of a squash or of its parts stand for both."
    )


def test_the_reasons_add_up() -> None:
    stray = ("shop", "0009_stray")
    rows = [INITIAL, *PARTS, SQUASH, SQUASH, stray]
    files = {SQUASH, LATER}
    said = why_not_as_files(rows, files, manifest(keep=(LATER,), tolerate=(stray,)))
    more, fewer = (sum(map(int, re.findall(rf"(\d+) {word}", said.partition(": ")[2]))) for word in ("rows?", "files?"))
    assert len(rows) == len(files) + more - fewer
    for words in ("3 rows of migrations", "1 row of names without a file, tolerated by you", "recorded more than once"):
        assert words in said
    assert "1 file has a row that stays, because others name it" in said
