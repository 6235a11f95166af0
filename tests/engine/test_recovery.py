"""Nothing is ever lost: half a swap, folders that somebody removed, and backups that are still needed."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
from pathlib import Path

import pytest

from migwizard.commands import reset as commands
from migwizard.engine.states import State
from migwizard.engine.surviving.checkpoint import PREVIOUS, Checkpoint, load_checkpoint
from migwizard.engine.surviving.lock import locked
from migwizard.engine.surviving.recovery import Earlier
from migwizard.errors import MigwizardError
from migwizard.paths import Workplace
from tests.engine.persons import Person, sitting
from tests.engine.support import Shop
from tests.engine.test_taken_back import SWAP, checkpoint, write_checkpoint

pytestmark = pytest.mark.ride

KILLS = """
import os, sys
from migwizard.cli import main
from migwizard.engine.surviving import durable
name, pattern, left, when, *command = sys.argv[1:]
real, left = getattr(durable, name), int(left)

def counted(path, *arguments, **more):
    global left
    if pattern in f"{path} {arguments}":
        left -= 1
    if left == 0 and when == "before":
        os.kill(os.getpid(), 9)
    result = real(path, *arguments, **more)
    if left == 0:
        os.kill(os.getpid(), 9)
    return result

setattr(durable, name, counted)
sys.exit(main(command))
"""


def killed(shop: Shop, *command: str, at: tuple[str, str], number: int = 1, when: str = "before") -> None:
    """Run a command that is killed at the n-th durable write of this kind that this text is in."""
    done = shop.start(sys.executable, "-c", KILLS, *at, str(number), when, *command)
    assert done.returncode == -signal.SIGKILL, f"no kill: {done.stdout}{done.stderr}"


NEW_FILE = ("write_file", "/tiny/people/migrations/")
OLD_FILE = ("remove_file", "/migrations/")
END = ("append_line", '/tiny/.migwizard/journal.jsonl (\'{"event": "end"')


@pytest.fixture
def reset(tiny_proved: Shop) -> Shop:
    """A whole reset whose second backup is found: that is named after the path of the project, which a copy changes."""
    tiny_proved.migwizard("run", "--yes")
    return tiny_proved


def second_backup(shop: Shop) -> Path:
    """The second backup of the only reset of this copy of the project; its folder's name ends with a hash of the path."""
    (found,) = [path for path in (shop.root.parent / "state/migwizard").glob("*/*") if path.name in of(shop)]
    return found


def of(shop: Shop) -> list[str]:
    kept = (shop.root / ".migwizard/checkpoint.json").read_text()
    return [json.loads(kept)["run_id"]]


def assert_old(shop: Shop, migrated: Shop) -> None:
    assert shop.tree() == migrated.tree()
    assert shop.dump() == migrated.dump()


def test_what_a_kill_left_in_our_folders_goes_with_the_next_start(reset: Shop) -> None:
    """A folder of a copy that was cut off would be counted as backed up, for one."""
    ours, second = reset.root / ".migwizard", second_backup(reset)
    left = [ours / ".checkpoint.json.migwizard-7", second / ".journal.jsonl.migwizard-8"]
    left += [ours / "backup/.clubs.migwizard-9/0001_initial.py", second / ".clubs.migwizard-9/0001_initial.py"]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.write_text("half\n")
    reset.migwizard("run", "--yes")
    assert not list(ours.rglob(".*.migwizard-*")) + list(second.rglob(".*.migwizard-*"))


def test_a_checkpoint_that_did_not_change_keeps_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    saved = Checkpoint("0" * 12, "2026-01-01T00:00:00+00:00", {})
    saved.save(path)
    first = path.read_bytes()
    saved.tag = "other"
    saved.save(path)
    saved.save(path)
    assert path.with_name(PREVIOUS).read_bytes() == first


# A checkpoint that knows less than the journal


def test_a_previous_checkpoint_put_back_by_hand_learns_what_was_swapped(migrated: Shop, tiny_proved: Shop) -> None:
    killed(tiny_proved, "run", "--yes", at=END, when="after")
    folder = tiny_proved.root / ".migwizard"
    shutil.copy(folder / "checkpoint.previous.json", folder / "checkpoint.json")
    assert not checkpoint(tiny_proved)["applied"]
    said = tiny_proved.migwizard("undo", "--yes").stderr
    assert "Taken back: 13 files" in said
    assert_old(tiny_proved, migrated)


def test_applied_changed_by_hand_is_what_the_journal_says(migrated: Shop, tiny_finished: Shop) -> None:
    write_checkpoint(tiny_finished, checkpoint(tiny_finished) | {"applied": False})
    tiny_finished.migwizard("undo", "--yes")
    assert_old(tiny_finished, migrated)


def test_no_backup_goes_while_the_new_files_stand(reset: Shop) -> None:
    write_checkpoint(reset, checkpoint(reset) | {"applied": False})
    (reset.root / ".migwizard/journal.jsonl").unlink()
    backups = [reset.root / ".migwizard/backup", second_backup(reset)]
    before = [sorted(path.rglob("*")) for path in backups]
    refused = reset.migwizard("undo", "--yes", expect=6)
    assert "clubs/migrations/0001_reset_initial.py (and 3 other files) is" in refused.stderr
    assert "backup" in refused.stderr
    assert [sorted(path.rglob("*")) for path in backups] == before


def test_no_backup_goes_while_an_old_file_is_missing(migrated: Shop, reset: Shop) -> None:
    # Somebody put the old files back by hand, and forgot one.
    for app in ("people", "clubs"):
        shutil.rmtree(reset.root / app / "migrations")
        shutil.copytree(migrated.root / app / "migrations", reset.root / app / "migrations")
    (reset.root / "clubs/migrations/0002_first_clubs.py").unlink()
    write_checkpoint(reset, checkpoint(reset) | {"applied": False})
    (reset.root / ".migwizard/journal.jsonl").unlink()
    refused = reset.migwizard("undo", "--yes", expect=6)
    assert "clubs/migrations/0002_first_clubs.py" in refused.stderr
    assert (second_backup(reset) / "clubs/0002_first_clubs.py").is_file()
    assert (reset.root / ".migwizard/backup/clubs/0002_first_clubs.py").is_file()


def test_no_backup_is_written_over_while_the_new_files_stand(reset: Shop) -> None:
    # As in a build machine: no database tells that the tree is not the old one.
    reset.database.unlink()
    data = checkpoint(reset) | {"applied": False}
    data["results"] = {key: value for key, value in data["results"].items() if key not in ("apply", "fake", "done")}
    write_checkpoint(reset, data)
    (reset.root / ".migwizard/journal.jsonl").unlink()
    backup = second_backup(reset)
    before = {path: path.read_bytes() for path in backup.rglob("*.py")}
    _, end = sitting(reset, SWAP)
    assert isinstance(end, MigwizardError)
    assert {path: path.read_bytes() for path in backup.rglob("*.py")} == before


def test_old_files_that_somebody_put_back_are_not_built_on_top(migrated: Shop, reset: Shop) -> None:
    for app in ("people", "clubs"):
        shutil.rmtree(reset.root / app / "migrations")
        shutil.copytree(migrated.root / app / "migrations", reset.root / app / "migrations")
    reset.migwizard("undo", "--yes")
    assert_old(reset, migrated)


def test_a_journal_of_another_reset_says_nothing_of_this_one(tiny_finished: Shop) -> None:
    write_checkpoint(tiny_finished, checkpoint(tiny_finished) | {"run_id": "0123456789ab", "applied": False})
    place = Workplace(tiny_finished.root)
    found = load_checkpoint(place.checkpoint, place.root)
    assert found is not None
    assert not found.applied


@pytest.mark.parametrize("run_id", [".", "..", "", "0123456789AB", "0123456789abc", "0123456789a\n"])
def test_a_run_id_that_we_never_make(reset: Shop, run_id: str) -> None:
    other = second_backup(reset).with_name("0123456789ab")
    other.mkdir()
    (other / "precious.py").write_text("kept\n")
    write_checkpoint(reset, checkpoint(reset) | {"run_id": run_id})
    refused = reset.migwizard("undo", "--yes", expect=6)
    assert "cannot be read" in refused.stderr
    assert "run_id" in refused.stderr
    assert (other / "precious.py").read_text() == "kept\n"


# Half a swap


@pytest.mark.parametrize("at", [NEW_FILE, OLD_FILE], ids=["new", "old"])
def test_half_a_swap_without_staging_is_taken_back(
    migrated: Shop, tiny_proved: Shop, at: tuple[str, str], finished: Shop
) -> None:
    killed(tiny_proved, "run", "--yes", at=at)
    shutil.rmtree(tiny_proved.root / ".migwizard/staging")
    assert tiny_proved.tree() != migrated.tree()
    said = tiny_proved.migwizard("run", "--yes", "--until", "proof").stderr
    assert "taken back" in said
    assert_old(tiny_proved, migrated)
    tiny_proved.migwizard("run", "--yes")
    assert tiny_proved.tree() == finished.tree()


def test_half_a_swap_with_another_text_in_staging_is_taken_back(migrated: Shop, tiny_proved: Shop) -> None:
    killed(tiny_proved, "run", "--yes", at=NEW_FILE)
    for path in (tiny_proved.root / ".migwizard/staging/people").glob("0*.py"):
        path.write_text(path.read_text() + "# not what was approved\n")
    tiny_proved.migwizard("run", "--yes", "--until", "preflight")
    assert_old(tiny_proved, migrated)


@pytest.mark.parametrize("gone", ["staging", "backup"])
def test_undo_over_half_a_swap_takes_it_back(migrated: Shop, tiny_proved: Shop, gone: str) -> None:
    killed(tiny_proved, "run", "--yes", at=NEW_FILE)
    shutil.rmtree(tiny_proved.root / ".migwizard" / gone)
    written = tiny_proved.start(sys.executable, "-c", WRITES, "undo", "--yes")
    assert written.returncode == 0, written.stderr
    assert "_reset_" not in written.stdout, "the swap was finished first"
    assert "Taken back: 13 files" in written.stderr
    assert_old(tiny_proved, migrated)
    assert not (tiny_proved.root / ".migwizard").exists()


WRITES = """
import sys
from migwizard.cli import main
from migwizard.engine.surviving import durable
real = durable.write_file

def told(path, *arguments, **more):
    if path.parent.name == "migrations":
        print(path)
    return real(path, *arguments, **more)

durable.write_file = told
sys.exit(main(sys.argv[1:]))
"""


def test_undo_in_the_wizard_over_half_a_swap_takes_it_back(migrated: Shop, tiny_proved: Shop) -> None:
    killed(tiny_proved, "run", "--yes", at=NEW_FILE)
    shutil.rmtree(tiny_proved.root / ".migwizard/staging")
    sitting(tiny_proved, {"resume": ["quit"]})
    assert_old(tiny_proved, migrated)


def test_half_an_undo_whose_backup_is_gone_goes_on_with_the_second(migrated: Shop, reset: Shop) -> None:
    killed(reset, "undo", "--yes", at=("write_file", "/tiny/clubs/migrations/"), number=2)
    shutil.rmtree(reset.root / ".migwizard/backup")
    reset.migwizard("undo", "--yes")
    assert reset.tree() == migrated.tree()


# The folder is gone


@pytest.mark.parametrize(("at", "number"), [(NEW_FILE, 1), (OLD_FILE, 3), (END, 1)], ids=["new", "old", "end"])
def test_half_a_swap_whose_folder_is_gone(migrated: Shop, tiny_proved: Shop, at: tuple[str, str], number: int) -> None:
    killed(tiny_proved, "run", "--yes", at=at, number=number)
    (run_id,) = of(tiny_proved)
    shutil.rmtree(tiny_proved.root / ".migwizard")
    half = tiny_proved.tree()
    status = tiny_proved.migwizard("status").stderr
    assert run_id in status and "half swapped" in status and "undo" in status
    assert tiny_proved.lines("status")[-1]["earlier"][0]["run_id"] == run_id
    refused = tiny_proved.migwizard("run", "--yes", expect=6)
    assert f"undo --run {run_id}" in refused.stderr
    assert "half swapped" in refused.stderr
    assert tiny_proved.tree() == half
    tiny_proved.migwizard("undo", "--yes", "--run", run_id)
    assert_old(tiny_proved, migrated)
    assert not (tiny_proved.root / ".migwizard").exists()


def test_half_a_swap_whose_folder_is_gone_in_the_wizard(migrated: Shop, tiny_proved: Shop) -> None:
    killed(tiny_proved, "run", "--yes", at=OLD_FILE, number=3)
    shutil.rmtree(tiny_proved.root / ".migwizard")
    person, _ = sitting(tiny_proved, {"refusal:half-swapped": ["recover"], "undo:": ["quit"]})
    said = person.asked("refusal:half-swapped").text
    assert "half swapped" in said and "unchanged" not in said
    assert_old(tiny_proved, migrated)


def test_an_earlier_reset_is_taken_back_only_by_its_name(migrated: Shop, reset: Shop) -> None:
    (run_id,) = of(reset)
    shutil.rmtree(reset.root / ".migwizard")
    tree, dump = reset.tree(), reset.dump()
    refused = reset.migwizard("undo", "--yes", expect=4)
    assert run_id in refused.stderr and "2020-09-13" in refused.stderr and f"--run {run_id}" in refused.stderr
    assert (reset.tree(), reset.dump()) == (tree, dump)
    assert not (reset.root / ".migwizard").exists(), "nothing is written before the answer"
    unknown = reset.migwizard("undo", "--yes", "--run", "0123456789ab", expect=2)
    assert run_id in unknown.stderr
    reset.migwizard("undo", "--yes", "--run", run_id)
    assert_old(reset, migrated)


def test_undo_typed_twice_takes_back_one_reset(reset: Shop) -> None:
    (first,) = of(reset)
    shutil.rmtree(reset.root / ".migwizard")
    between = reset.tree()
    reset.epoch = "1700000000"
    reset.second()
    reset.migwizard("undo", "--yes")
    assert reset.tree() == between
    refused = reset.migwizard("undo", "--yes", expect=4)
    assert first in refused.stderr
    assert reset.tree() == between


def test_run_names_another_run_than_the_one_that_stands(tiny_finished: Shop) -> None:
    tree = tiny_finished.tree()
    refused = tiny_finished.migwizard("undo", "--yes", "--run", "0123456789ab", expect=2)
    assert of(tiny_finished)[0] in refused.stderr
    assert tiny_finished.tree() == tree


def test_an_earlier_backup_is_named_at_a_new_start(reset: Shop) -> None:
    (run_id,) = of(reset)
    shutil.rmtree(reset.root / ".migwizard")
    assert run_id in reset.migwizard("status").stderr
    reset.epoch = "1700000000"
    said = reset.migwizard("run", "--yes", "--until", "preflight").stderr
    assert run_id in said and "undo" in said


def test_nothing_is_fetched_while_another_run_works(reset: Shop) -> None:
    (run_id,) = of(reset)
    shutil.rmtree(reset.root / ".migwizard")
    with locked(reset.root / ".migwizard/lock"):
        refused = reset.migwizard("undo", "--yes", "--run", run_id, expect=6)
        assert "Another migwizard works" in refused.stderr
        assert not (reset.root / ".migwizard/checkpoint.json").exists()


@pytest.mark.parametrize("answer", ["0123456789ab", "keep"])
def test_a_person_is_asked_which_earlier_reset(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Earlier("0123456789ab", "2020-09-13T12:26:40+00:00", Path("second/0123456789ab"), half=False),
        Earlier("ba9876543210", "2019-09-13T12:26:40+00:00", Path("second/ba9876543210"), half=False),
    ]
    person = Person({"undo:earlier": [answer]})
    monkeypatch.setattr(commands, "face_of", lambda _: person)
    assert commands._which(found, argparse.Namespace(run=None, yes=False)) == answer
    asked = person.asked("undo:earlier")
    assert (asked.default, asked.safe) == ("keep", None)
    assert "2 earlier ones: 0123456789ab of 2020-09-13, ba9876543210 of 2019-09-13" in asked.text


def test_a_reset_that_went_back_is_no_earlier_one(tiny_proved: Shop) -> None:
    sitting(tiny_proved, {"apply": ["apply"], "review:apply": ["back"], "review:proof": ["continue", "quit"]})
    shutil.rmtree(tiny_proved.root / ".migwizard")
    assert tiny_proved.lines("status")[-1]["earlier"] == []


def test_half_an_undo_that_was_finished_is_no_earlier_one(migrated: Shop, reset: Shop) -> None:
    killed(reset, "undo", "--yes", at=OLD_FILE)
    shutil.copytree(reset.root / ".migwizard", reset.root.parent / "kept")
    shutil.rmtree(reset.root / ".migwizard")
    assert reset.lines("status")[-1]["earlier"][0]["half"]
    shutil.copytree(reset.root.parent / "kept", reset.root / ".migwizard")
    reset.migwizard("run", "--yes", "--until", "preflight")
    assert reset.tree() == migrated.tree()
    shutil.rmtree(reset.root / ".migwizard")
    assert reset.lines("status")[-1]["earlier"] == []


# What is forgotten when the files go back


def test_a_reset_that_was_taken_back_does_not_claim_to_be_done(migrated: Shop, tiny_finished: Shop) -> None:
    killed(tiny_finished, "undo", "--yes", at=END, when="after")
    assert tiny_finished.tree() == migrated.tree()
    found = load_checkpoint(Workplace(tiny_finished.root).checkpoint, tiny_finished.root)
    assert found is not None
    assert (found.applied, found.state) == (False, State.APPLY)
    assert "the next step is apply" in tiny_finished.migwizard("status").stderr


def test_what_is_forgotten_is_not_behind_us() -> None:
    found = Checkpoint("0123456789ab", "", {}, state=State.DONE)
    found.results = {state: {} for state in State}
    found.approvals = dict.fromkeys(State, "")
    found.forget_from(State.FAKE)
    assert (found.state, list(found.results)[-1], list(found.approvals)[-1]) == (State.FAKE, State.APPLY, State.APPLY)
    found.state = State.SEEDS
    found.forget_from(State.APPLY)
    assert (found.state, list(found.results)[-1]) == (State.SEEDS, State.PROOF)
