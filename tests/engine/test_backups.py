"""An undo gives back what was there, text by text, from whichever backup holds it; where none does, nothing is touched."""

from __future__ import annotations

import shutil
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from migwizard.engine.later import undo, undo_choices
from migwizard.engine.opening import open_ride
from migwizard.engine.options import Options
from migwizard.engine.ride import Ride
from migwizard.engine.surviving import durable, halfway
from migwizard.engine.surviving.journal import Entry, Step
from migwizard.paths import Workplace
from migwizard.project.discovery import find_project
from migwizard.switch.manifest import FILE_NAME
from tests.engine.persons import Person
from tests.engine.support import MIGWIZARD, Shop
from tests.engine.test_recovery import OLD_FILE, assert_old, killed, of, second_backup

pytestmark = pytest.mark.ride


@pytest.fixture
def reset(tiny_proved: Shop) -> Shop:
    """A whole reset whose second backup is found: that is named after the path of the project, which a copy changes."""
    tiny_proved.migwizard("run", "--yes")
    return tiny_proved


def old_file(shop: Shop) -> Path:
    """One of the old files in the first backup."""
    return sorted((shop.root / ".migwizard/backup/clubs").glob("0*.py"))[0]


# Texts are known by their hash


def test_a_changed_backup_is_not_what_comes_back(migrated: Shop, reset: Shop) -> None:
    old_file(reset).write_text("# somebody's search and replace\n")
    reset.migwizard("undo", "--yes")
    assert_old(reset, migrated)


def test_a_file_that_the_first_backup_lacks_comes_from_the_second(migrated: Shop, reset: Shop) -> None:
    old_file(reset).unlink()
    reset.migwizard("undo", "--yes")
    assert_old(reset, migrated)


@pytest.mark.parametrize("text", [None, "# another\n"], ids=["gone", "changed"])
def test_what_no_backup_holds_stops_undo_before_rows_and_files(reset: Shop, text: str | None) -> None:
    first = old_file(reset)
    for path in (first, second_backup(reset) / "clubs" / first.name):
        path.unlink()
        if text is not None:
            path.write_text(text)
    tree, dump = reset.tree(), reset.dump()
    refused = reset.migwizard("undo", "--yes", expect=1)
    assert f"The backup of clubs/migrations/{first.name} is gone or was changed" in refused.stderr
    assert (reset.tree(), reset.dump()) == (tree, dump)


def test_foreign_texts_in_the_backup_of_a_reset_that_is_fetched(migrated: Shop, reset: Shop) -> None:
    (run_id,) = of(reset)
    folder = reset.root / ".migwizard"
    for path in (*folder.glob("checkpoint*.json"), folder / "journal.jsonl", folder / "manifest.json"):
        path.unlink()
    for path in (folder / "backup").glob("*/0*.py"):
        path.write_text("# of another project\n")
    reset.migwizard("undo", "--yes", "--run", run_id)
    assert_old(reset, migrated)


def without_journals(shop: Shop) -> None:
    for folder in (shop.root / ".migwizard", second_backup(shop)):
        (folder / "journal.jsonl").unlink()


def test_without_a_journal_the_manifest_says_what_goes_back(migrated: Shop, reset: Shop) -> None:
    without_journals(reset)
    old_file(reset).unlink()
    reset.migwizard("undo", "--yes")
    assert_old(reset, migrated)


@pytest.mark.parametrize("text", [None, "# another\n"], ids=["gone", "changed"])
def test_without_a_journal_nobody_guesses_which_backup_is_true(reset: Shop, text: str | None) -> None:
    without_journals(reset)
    first = old_file(reset)
    if text is None:
        (second_backup(reset) / "clubs" / first.name).unlink()
        first.unlink()
    else:
        first.write_text(text)
    tree, dump = reset.tree(), reset.dump()
    refused = reset.migwizard("undo", "--yes", expect=1)
    assert f"clubs/migrations/{first.name}" in refused.stderr
    assert (reset.tree(), reset.dump()) == (tree, dump)


def test_every_backup_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, steps = Workplace(tmp_path), []
    for number in range(20):
        kept = place.backup / f"app{number}/0001_initial.py"
        durable.write_file(kept, str(number).encode())
        steps.append(Step(f"app{number}/migrations/0001_initial.py", durable.file_hash(kept), None))
    read, real = [], durable.file_hash

    def counted(path: Path) -> str | None:
        read.append(path)
        return real(path)

    monkeypatch.setattr(durable, "file_hash", counted)
    back = halfway.steps_back(place, Entry("apply", "0123456789ab", tuple(steps)))
    assert {step.source for step in back} == {
        str(place.backup / f"app{number}/0001_initial.py") for number in range(20)
    }
    assert len([path for path in read if path.is_relative_to(place.backup)]) == 20


# What is half, and whose it is


def test_an_old_file_that_a_person_removes_makes_no_half_swap(tiny_proved: Shop) -> None:
    killed(tiny_proved, "run", "--yes", at=("write_file", "/tiny/clubs/migrations/"))
    shutil.rmtree(tiny_proved.root / ".migwizard")
    # The kill came before the first new file; weeks later an old one goes.
    (tiny_proved.root / "clubs/migrations/0002_first_clubs.py").unlink()
    assert tiny_proved.lines("status")[-1]["earlier"] == []
    assert "half swapped" not in tiny_proved.start(*MIGWIZARD, "run", "--yes", "--until", "preflight").stderr


def test_an_old_file_that_a_person_removes_makes_no_half_undo(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    new, old = tmp_path / "0001_reset_initial.py", tmp_path / "0001_initial.py"
    new.write_text("new\n")
    steps = (Step(new.name, durable.file_hash(new), None), Step(old.name, None, durable.sha256(b"old\n")))
    undo = Entry("undo", "0123456789ab", steps)
    assert halfway.is_half(place, undo)
    new.unlink()
    assert not halfway.is_half(place, undo)


def test_a_reset_of_another_project_in_this_place_is_not_named(reset: Shop) -> None:
    shutil.rmtree(reset.root / ".migwizard")
    for app in ("people", "clubs"):
        (reset.root / app).rename(reset.root / f"{app}_of_old")
    assert reset.lines("status")[-1]["earlier"] == []


# The journal alone is left


@pytest.fixture
def alone(tiny_proved: Shop) -> Shop:
    """A swap that was cut off, of which neither a checkpoint nor the second backup is left."""
    killed(tiny_proved, "run", "--yes", at=OLD_FILE, number=3)
    shutil.rmtree(second_backup(tiny_proved))
    for path in (tiny_proved.root / ".migwizard").glob("checkpoint*.json"):
        path.unlink()
    return tiny_proved


def test_status_tells_of_a_change_of_which_the_journal_alone_is_left(alone: Shop) -> None:
    said = alone.migwizard("status").stderr
    assert "interrupted half way" in said and "undo" in said
    assert "No reset was begun" not in said
    assert alone.lines("status")[-1]["unfinished"] == "apply"


def test_a_change_of_which_the_journal_alone_is_left_is_taken_back(migrated: Shop, alone: Shop) -> None:
    alone.migwizard("undo", "--yes", "--run", "0123456789ab", expect=2)
    alone.migwizard("undo", "--yes")
    assert_old(alone, migrated)
    assert not (alone.root / ".migwizard").exists()


def test_a_run_takes_it_back_and_begins_anew(migrated: Shop, finished: Shop, alone: Shop) -> None:
    said = alone.migwizard("run", "--yes", "--until", "preflight").stderr
    assert "its checkpoint is gone" in said
    assert_old(alone, migrated)
    alone.migwizard("run", "--yes")
    assert alone.tree().keys() == finished.tree().keys()


# What was fetched for nothing


def test_a_refused_undo_leaves_nothing_that_it_fetched(migrated: Shop, reset: Shop) -> None:
    (run_id,) = of(reset)
    shutil.rmtree(reset.root / ".migwizard")
    added = reset.root / "people/migrations/0099_mine.py"
    added.write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        '    dependencies = [("people", "0001_reset_initial")]\n    operations = []\n'
    )
    tree, dump = reset.tree(), reset.dump()
    refused = reset.migwizard("undo", "--yes", "--run", run_id, expect=6)
    assert "0099_mine" in refused.stderr
    assert not (reset.root / ".migwizard").exists()
    assert (reset.tree(), reset.dump()) == (tree, dump)
    added.unlink()
    reset.migwizard("undo", "--yes", "--run", run_id)
    assert_old(reset, migrated)


def opened(shop: Shop, run_id: str, monkeypatch: pytest.MonkeyPatch) -> AbstractContextManager[Ride]:
    """An undo of an earlier reset, behind which a person keeps everything."""
    for name, value in shop.environment().items():
        monkeypatch.setenv(name, value)
    project = find_project(shop.root, python=sys.executable)
    return open_ride(project, Person({"undo:": ["keep"]}), Options(review=True), undo=True, fetch=run_id)


def test_keep_leaves_nothing_that_was_fetched(reset: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (run_id,) = of(reset)
    shutil.rmtree(reset.root / ".migwizard")
    with opened(reset, run_id, monkeypatch) as ride:
        assert undo_choices.run(ride) is None
    assert not (reset.root / ".migwizard").exists()


def test_what_was_fetched_stays_where_something_went_back(reset: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (run_id,) = of(reset)
    shutil.rmtree(reset.root / ".migwizard")
    with opened(reset, run_id, monkeypatch) as ride:
        undo.rows_back(ride)
    assert of(reset) == [run_id]


# The manifest


@pytest.mark.parametrize("text", [None, "{}", "\udcff"], ids=["gone", "empty", "no text"])
def test_a_lost_manifest_comes_from_where_it_still_is(migrated: Shop, reset: Shop, text: str | None) -> None:
    for path in (reset.root / ".migwizard/manifest.json", second_backup(reset) / "manifest.json"):
        path.unlink()
        if text is not None:
            path.write_text(text, errors="surrogateescape")
    reset.migwizard("undo", "--yes")
    assert_old(reset, migrated)


def test_without_any_manifest_undo_is_refused_in_words(reset: Shop) -> None:
    for path in (reset.root / ".migwizard/manifest.json", second_backup(reset) / "manifest.json"):
        path.write_text("{}")
    (reset.root / FILE_NAME).unlink()
    tree, dump = reset.tree(), reset.dump()
    said = reset.migwizard("undo", "--yes", expect=6).stderr
    assert "The manifest of the reset" in said and "Nothing was changed." in said
    assert (reset.tree(), reset.dump()) == (tree, dump)
