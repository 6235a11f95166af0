"""No room: whatever cannot be written, what was begun is finished when there is room again, and the message says so."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from migwizard.project.guest import GuestError
from tests.chaos import killer
from tests.chaos.killer import Order, as_text
from tests.engine.support import MIGWIZARD, Shop

pytestmark = pytest.mark.ride

RUN = ("run", "--yes")
UNDO = ("undo", "--yes")
KILLER = str(Path(killer.__file__))


# Counted once a process; every start is the same.
WRITES: dict[tuple[str, ...], list[str]] = {}


def full(shop: Shop, trace: Path, command: tuple[str, ...], label: str) -> subprocess.CompletedProcess[str]:
    """Run a command while the disk is full from the first durable write on that has these words."""
    if command not in WRITES:
        counted = shop.copy(trace.parent / "counted")
        done = counted.start(sys.executable, KILLER, as_text(Order()), str(trace), "--", *command)
        assert done.returncode == 0, done.stderr
        points = map(json.loads, trace.read_text().splitlines())
        WRITES[command] = [point["label"] for point in points if point["kind"] == "write"]
    number = next(number for number, write in enumerate(WRITES[command], 1) if label in write)
    order = as_text(Order("write", number, target="disk"))
    return shop.start(sys.executable, KILLER, order, str(trace), "--", *command)


def says_so(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 1
    assert "No space left on device" in done.stderr and "Make room, and start again" in done.stderr
    assert "what was begun is finished or taken back at the next start" in done.stderr


@pytest.mark.parametrize(
    "label",
    [
        "/.migwizard/backup/clubs",
        "/.migwizard/manifest.json",
        "/.migwizard/journal.jsonl",
        "/tiny/people/migrations/0001_reset_initial.py",
        "/tiny/migwizard_switch.py",
        "/.migwizard/rows/default.json",
    ],
)
def test_a_full_disk_between_proof_and_done(
    label: str, migrated: Shop, finished: Shop, tiny_proved: Shop, tmp_path: Path
) -> None:
    says_so(full(tiny_proved, tmp_path / "trace", RUN, label))
    if "rows" not in label:
        assert tiny_proved.dump() == migrated.dump()
    tiny_proved.migwizard(*RUN)
    assert tiny_proved.tree() == finished.tree()
    assert tiny_proved.timeless_dump() == finished.timeless_dump()


@pytest.mark.parametrize("label", ["/.migwizard/journal.jsonl", "/tiny/clubs/migrations/0002_first_clubs.py"])
def test_a_full_disk_during_undo(label: str, migrated: Shop, tiny_finished: Shop, tmp_path: Path) -> None:
    says_so(full(tiny_finished, tmp_path / "trace", UNDO, label))
    tiny_finished.migwizard(*UNDO)
    assert tiny_finished.tree() == migrated.tree()
    assert tiny_finished.dump() == migrated.dump()


def limited(shop: Shop, size: int, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command none of whose processes can make a file larger than so many bytes."""
    return subprocess.run(
        [*MIGWIZARD, *command],
        cwd=shop.root,
        env=shop.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


def test_no_room_for_scratch_databases_is_no_fault_of_a_migration(migrated: Shop, tiny: Shop) -> None:
    before = tiny.tree()
    refused = limited(tiny, 30_000, *RUN)
    assert refused.returncode == 1
    assert "disk I/O error" in refused.stderr or "disk is full" in refused.stderr
    assert "Make room where the scratch databases are made" in refused.stderr
    assert "Mend the old migration" not in refused.stderr
    assert tiny.tree() == before
    assert tiny.dump() == migrated.dump()


def test_no_room_for_the_switch_itself(migrated: Shop, finished: Shop, tiny_proved: Shop) -> None:
    tiny_proved.migwizard(*RUN, "--until", "apply")
    refused = limited(tiny_proved, 16_000, *RUN)
    assert refused.returncode == 5
    assert "No row was changed" in refused.stderr
    assert tiny_proved.dump() == migrated.dump()
    tiny_proved.migwizard(*RUN)
    assert tiny_proved.timeless_dump() == finished.timeless_dump()


def test_a_migration_that_fails_for_itself_is_no_full_disk() -> None:
    said = "clubs.0002 failed: OperationalError: "
    assert GuestError({"kind": "migrate", "sentence": f"{said}database or disk is full"}).code == "disk-full"
    assert GuestError({"kind": "migrate", "sentence": f"{said}no such table: disk"}).code == "migrate"
