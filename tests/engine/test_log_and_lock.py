"""The log never stops what it tells of, and the lock is held by one run only."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path

import pytest

from migwizard import logfile
from migwizard.engine.options import Opening
from migwizard.engine.surviving.lock import locked
from migwizard.engine.talk import Event
from migwizard.errors import ConflictError
from tests.engine.persons import Person, sit_down
from tests.engine.support import Shop

WAIT_SECONDS = 20.0


def fill(folder: Path) -> None:
    """Let every write to the log fail."""
    (folder / "migwizard.log").unlink(missing_ok=True)
    (folder / "migwizard.log").mkdir()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "shop" / ".migwizard"
    folder.mkdir(parents=True)
    return folder


def test_a_log_is_added_to_whatever_the_text_holds(place: Path) -> None:
    logfile.append(place / "log", "one\n")
    logfile.append(place / "log", "\udcff\n")
    assert (place / "log").read_text() == "one\n\\udcff\n"


def test_a_log_that_cannot_be_written_stops_nothing(place: Path) -> None:
    fill(place)
    logfile.append(place / "migwizard.log", "one\n")
    logfile.append(place / "nowhere" / "log", "one\n")
    assert not (place / "nowhere").exists()


def test_a_log_that_is_a_link_leaves_its_target_alone(place: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("x = 1\n")
    (place / "log").symlink_to(mine)
    logfile.append(place / "log", "one\n")
    assert mine.read_text() == "x = 1\n"


def test_a_log_in_a_folder_that_is_a_link_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "place").symlink_to("elsewhere")
    logfile.append(tmp_path / "place" / "log", "one\n")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_lock_that_is_a_link_is_refused(place: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("x = 1\n")
    (place / "lock").symlink_to(mine)
    with pytest.raises(ConflictError, match="lock is a link"), locked(place / "lock"):
        pass
    assert mine.read_text() == "x = 1\n"


def test_a_lock_that_is_a_folder_is_refused_in_words(place: Path) -> None:
    (place / "lock").mkdir()
    with pytest.raises(ConflictError, match=r"lock is a folder.*Nothing was changed"), locked(place / "lock"):
        pass


def test_who_waited_for_a_folder_that_was_removed_holds_the_new_lock(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a third run would take the new file, and two would work at the same time."""
    from migwizard.engine.surviving import lock

    real = lock._take
    removed: list[bool] = []

    def take(descriptor: int) -> None:
        if not removed:
            shutil.rmtree(place)
            removed.append(True)
        real(descriptor)

    monkeypatch.setattr(lock, "_take", take)
    with locked(place / "lock"), pytest.raises(ConflictError, match=str(os.getpid())), locked(place / "lock"):
        pass
    assert (place / ".gitignore").is_file()


@pytest.mark.ride
def test_a_full_disk_hides_no_refusal(tiny: Shop) -> None:
    (tiny.root / ".migwizard").mkdir()
    fill(tiny.root / ".migwizard")
    person = Person({"review:preflight": ["quit"]}, goes_on=True)
    assert sit_down(tiny.root, person).left
    assert person.ids[-1] == "review:preflight"


@pytest.mark.ride
def test_a_log_that_fails_in_the_middle_of_the_swap_does_not_stop_it(tiny_proved: Shop) -> None:
    class Filling(Person):
        def tell(self, event: Event) -> None:
            super().tell(event)
            if event.text.startswith("file 2 of"):
                fill(tiny_proved.root / ".migwizard")

    person = Filling({"apply": ["apply"], "review:apply": ["quit"]}, goes_on=True)
    assert sit_down(tiny_proved.root, person).left
    assert person.ids[-1] == "review:apply"


@pytest.mark.ride
def test_waiting_goes_on_when_the_other_run_removes_its_folder(tiny: Shop) -> None:
    folder = tiny.root / ".migwizard"
    taken, asked, release = threading.Event(), threading.Event(), threading.Event()

    def other() -> None:
        with locked(folder / "lock"):
            taken.set()
            release.wait(WAIT_SECONDS)
            shutil.rmtree(folder)

    class Waiting(Person):
        def tell(self, event: Event) -> None:
            super().tell(event)
            if event.text.startswith("waiting"):
                asked.set()
                release.set()

    thread = threading.Thread(target=other)
    thread.start()
    taken.wait(WAIT_SECONDS)
    person = Waiting({"refusal:locked": ["wait"], "dirty-elsewhere": ["go-on"], "review:preflight": ["quit"]})
    try:
        sat = sit_down(tiny.root, person, Opening(tiny.root, python=sys.executable))
    finally:
        release.set()
        thread.join()
    assert asked.is_set() and sat.left
    assert [id for id in person.ids if id != "dirty-elsewhere"] == ["refusal:locked", "review:preflight"]
