"""Killed at every durable write, resumed, and compared with a run that nobody killed.

A kill hits inside the write: its temporary file lies there, its line is half written, everything before it is done.
So the states before and after a write are met too, as the inside of its neighbours. Here the first write of each kind
and some of the others are taken, of `retire` all with MIGWIZARD_EVERY_KILL. `make chaos` takes all the others, and what
lies between them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.chaos import killer
from tests.chaos.killer import Order, as_text
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

KILLER = str(Path(killer.__file__))
UNTIL_PROOF = ("run", "--yes", "--until", "proof")
RUN = ("run", "--yes")
UNDO = ("undo", "--yes")
RETIRE = ("retire", "--yes")
PARTS = range(4)
EVERY = "MIGWIZARD_EVERY_KILL" in os.environ
# Counted once a process; every start is the same.
POINTS: dict[tuple[str, ...], list[tuple[int, str]]] = {}


def some(points: list[tuple[int, str]], step: int) -> list[tuple[int, str]]:
    """The first of each kind of write, and every `step`-th; or all of them."""
    kinds = {write.split()[0]: point for point, write in reversed(points)}
    return [each for at, each in enumerate(points) if EVERY or at % step == 0 or each[0] in kinds.values()]


class Victim:
    """One place in which a project is put back to the same start, run, and killed."""

    def __init__(self, start: Shop, folder: Path) -> None:
        self._start, self._folder = start, folder / "victim"
        self.trace = folder / "trace"

    def fresh(self) -> Shop:
        shutil.rmtree(self._folder, ignore_errors=True)
        return self._start.copy(self._folder)

    def points(self, command: tuple[str, ...]) -> list[tuple[int, str]]:
        """The durable writes of a run that nobody kills, but those that only keep the last checkpoint beside the new."""
        if command not in POINTS:
            POINTS[command] = self._points(command)
        return POINTS[command]

    def _points(self, command: tuple[str, ...]) -> list[tuple[int, str]]:
        shop = self.fresh()
        self.trace.unlink(missing_ok=True)
        done = shop.start(sys.executable, KILLER, as_text(Order()), str(self.trace), "--", *command)
        assert done.returncode == 0, done.stderr
        points = map(json.loads, self.trace.read_text().splitlines())
        writes = [(point["number"], point["label"]) for point in points if point["kind"] == "write"]
        assert writes
        return [(number, write) for number, write in writes if "checkpoint.previous" not in write]

    def killed(self, command: tuple[str, ...], point: int, moment: str = "inside") -> Shop:
        shop = self.fresh()
        order = as_text(Order("write", point, moment))
        done = shop.start(sys.executable, KILLER, order, str(self.trace), "--", *command)
        assert done.returncode == -signal.SIGKILL, f"no kill at {point}: {done.stdout}{done.stderr}"
        return shop


@pytest.mark.parametrize("part", range(2))
def test_until_proof(part: int, migrated: Shop, finished: Shop, tmp_path: Path) -> None:
    victim = Victim(migrated, tmp_path)
    points = victim.points(UNTIL_PROOF)
    for point, write in some(points, 10)[part::2]:
        shop = victim.killed(UNTIL_PROOF, point)
        assert shop.tree() == migrated.tree(), write
        assert shop.dump() == migrated.dump(), write
        shop.migwizard(*RUN)
        assert shop.tree() == finished.tree(), write
        assert shop.timeless_dump() == finished.timeless_dump(), write


@pytest.mark.parametrize("part", PARTS)
def test_apply_and_fake(part: int, migrated: Shop, proved: Shop, finished: Shop, tmp_path: Path) -> None:
    victim = Victim(proved, tmp_path)
    points = victim.points(RUN)
    assert [write for _, write in points if write.startswith("remove_file")]
    assert [write for _, write in points if write.startswith("copy_folder")]
    for place, (point, write) in enumerate(some(points, 4)[part :: len(PARTS)]):
        shop = victim.killed(RUN, point)
        shop.migwizard(*RUN)
        assert shop.tree() == finished.tree(), write
        assert shop.timeless_dump() == finished.timeless_dump(), write
        if place == part:
            shop.migwizard(*UNDO)
            assert shop.tree() == migrated.tree(), write
            assert shop.dump() == migrated.dump(), write


@pytest.mark.parametrize("part", range(2))
def test_undo(part: int, migrated: Shop, finished: Shop, tmp_path: Path) -> None:
    victim = Victim(finished, tmp_path)
    points = victim.points(UNDO)
    for point, write in some(points, 3)[part::2]:
        shop = victim.killed(UNDO, point)
        shop.migwizard(*UNDO)
        assert shop.tree() == migrated.tree(), write
        assert shop.dump() == migrated.dump(), write
        assert not (shop.root / ".migwizard").exists()


def test_retire(finished: Shop, tmp_path: Path) -> None:
    victim = Victim(finished, tmp_path)
    points = victim.points(RETIRE)
    whole = finished.copy(tmp_path / "whole")
    whole.migwizard(*RETIRE)
    for point, write in some(points, 4):
        shop = victim.killed(RETIRE, point)
        assert "No planned migration operations" in shop.manage("migrate", "--plan").stdout, write
        shop.migwizard(*RETIRE)
        assert shop.tree() == whole.tree(), write
        assert shop.dump() == whole.dump(), write
        if point % 2:
            shop.migwizard("retire", "--undo", "--yes")
            assert shop.tree() == finished.tree(), write
            # The rows of the backup table come back in another order.
            assert sorted(shop.dump()) == sorted(finished.dump()), write


def test_a_swap_that_was_killed_can_be_undone_at_once(migrated: Shop, proved: Shop, tmp_path: Path) -> None:
    victim = Victim(proved, tmp_path)
    (last, _) = [point for point in victim.points(RUN) if point[1].startswith("remove_file")][-1]
    shop = victim.killed(RUN, last)
    assert shop.tree() != migrated.tree()
    shop.migwizard(*UNDO)
    assert shop.tree() == migrated.tree()
    assert shop.dump() == migrated.dump()


def test_status_names_a_half_done_swap_and_an_edit_in_it_is_kept(proved: Shop, tmp_path: Path) -> None:
    victim = Victim(proved, tmp_path)
    (first, _) = next(point for point in victim.points(RUN) if point[1].startswith("remove_file"))
    shop = victim.killed(RUN, first)
    assert shop.lines("status")[-1]["unfinished"] == "apply"
    shop.edit("clubs/migrations/0002_first_clubs.py", '"Chess"', '"Go"')
    tree = shop.tree()
    refused = shop.migwizard(*RUN, expect=6)
    assert "clubs/migrations/0002_first_clubs.py" in refused.stderr
    assert shop.tree() == tree
