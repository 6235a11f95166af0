"""Refusals about our own folder and the disk: really caused, and nothing thrown away by a cure."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.surviving import durable
from migwizard.engine.surviving.lock import locked
from migwizard.engine.talk import Event, Question
from tests.engine.persons import Act, Person, sit_down
from tests.engine.refusing import begun, cured, own_surroundings, refused, shows, then, words  # noqa: F401 - a fixture
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

# 13-17: the checkpoint


def changed(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_the_checkpoint_of_another_project(tiny: Shop) -> None:
    path = begun(tiny)
    changed(path, project={"name": "warehouse", "settings": "w.settings", "labels": ["w"]})
    headline = "This checkpoint belongs to another project"
    question = refused(sit_down(tiny.root, Person()), "checkpoint-foreign", headline, 6)
    assert "warehouse" in shows(question, "show")
    _set_aside(tiny, "checkpoint-foreign")


def _set_aside(tiny: Shop, code: str) -> None:
    before = (tiny.root / ".migwizard/checkpoint.json").read_bytes()
    sat = cured(tiny.root, code, "aside")
    choice = sat.person.asked(f"refusal:{code}").choice("aside")
    assert choice is not None and choice.writes
    (kept,) = tiny.root.glob(".migwizard-aside-*")
    assert (kept / "checkpoint.json").read_bytes() == before
    assert (kept / ".gitignore").read_text() == "*\n"


def test_a_broken_checkpoint_with_a_whole_copy(tiny: Shop) -> None:
    path = begun(tiny)
    text = path.read_text()
    path.write_text(text[: len(text) // 2])
    question = refused(sit_down(tiny.root, Person()), "checkpoint-corrupt", "The checkpoint cannot be read", 6)
    assert re.search(r"cannot be read: .+: line \d+ column \d+ \(char \d+\)\.", question.text)
    assert words(question)["previous"].endswith(" copy")
    person = Person({"refusal:checkpoint-corrupt": ["previous"], "resume": ["resume"]})
    assert sit_down(tiny.root, person).left
    assert "resume" in person.ids
    json.loads(path.read_text())
    (broken,) = path.parent.glob("checkpoint.broken-*.json")
    assert broken.read_text() == text[: len(text) // 2]


def test_the_byte_at_which_a_checkpoint_breaks(tiny: Shop) -> None:
    path = begun(tiny)
    path.write_bytes('{"name": "ä", '.encode() + b"\xff}")
    sat = sit_down(tiny.root, Person())
    assert sat.error is not None and sat.error.details["byte"] == 15
    path.write_text('{"name": "ä" oh}')
    sat = sit_down(tiny.root, Person())
    assert sat.error is not None and sat.error.details["byte"] == 14


def test_a_broken_checkpoint_without_a_copy(tiny: Shop) -> None:
    path = begun(tiny)
    path.write_text("{")
    path.with_name("checkpoint.previous.json").write_text("{")
    question = refused(sit_down(tiny.root, Person()), "checkpoint-corrupt", "The checkpoint cannot be read", 6)
    assert list(words(question)) == ["show", "aside", "quit"]
    _set_aside(tiny, "checkpoint-corrupt")


def test_a_newer_checkpoint(tiny: Shop) -> None:
    changed(begun(tiny), format=99)
    question = refused(sit_down(tiny.root, Person()), "checkpoint-newer", "Made by a newer migwizard", 6)
    assert list(words(question)) == ["update", "aside", "quit"]
    _set_aside(tiny, "checkpoint-newer")


def test_a_checkpoint_that_names_a_place_outside(tiny: Shop) -> None:
    changed(begun(tiny), folders={"clubs": "../../other"})
    headline = "This checkpoint names a place outside"
    question = refused(sit_down(tiny.root, Person()), "checkpoint-outside", headline, 6)
    assert "../../other" in question.text
    _set_aside(tiny, "checkpoint-outside")


def _without_folder(tiny: Shop, answer: str) -> Act:
    return then(lambda: shutil.rmtree(tiny.root / ".migwizard"), answer)


GONE = "was removed while migwizard worked with it, so the reset begins anew at the next start"


@pytest.mark.parametrize("state", ["graph", "generate"])
def test_a_folder_that_is_removed_while_a_question_is_open(tiny: Shop, state: str) -> None:
    tree = tiny.tree()
    person = Person({f"review:{state}": [_without_folder(tiny, "continue")]}, goes_on=True)
    question = refused(sit_down(tiny.root, person), "folder-gone", "The folder .migwizard is gone", 6)
    assert GONE in question.text
    assert question.text.endswith(
        "\nYour project is unchanged; only the decisions are lost, which went with the folder."
    )
    assert "nothing is lost" not in str(question)
    assert list(words(question)) == ["again", "quit"]
    assert tiny.tree() == tree


def test_a_folder_that_is_removed_while_a_run_works(tiny: Shop) -> None:
    class Removing(Person):
        def tell(self, event: Event) -> None:
            super().tell(event)
            if (event.kind, event.text) == ("begin", "generate"):
                shutil.rmtree(tiny.root / ".migwizard")

    tree = tiny.tree()
    question = refused(sit_down(tiny.root, Removing(goes_on=True)), "folder-gone", "The folder .migwizard is gone", 6)
    assert GONE in question.text
    assert tiny.tree() == tree


def test_a_second_wizard(tiny: Shop) -> None:
    begun(tiny)
    lock = tiny.root / ".migwizard/lock"
    with locked(lock):
        question = refused(sit_down(tiny.root, Person()), "locked", "Another migwizard works here", 6)
        assert list(words(question)) == ["look", "wait", "again", "quit"]
        assert f"process {os.getpid()}" in question.text
        look = Person({"refusal:locked": ["look"], "review:preflight": ["continue"], "review:graph": ["continue"]})
        assert sit_down(tiny.root, look).error is None
        assert look.ids == ["refusal:locked", "review:preflight", "review:graph"]
    _wait_for_it(tiny, lock)


def _wait_for_it(tiny: Shop, lock: Path) -> None:
    taken, release = threading.Event(), threading.Event()

    def other() -> None:
        with locked(lock):
            taken.set()
            release.wait(20)

    thread = threading.Thread(target=other)
    thread.start()
    taken.wait(20)
    timer = threading.Timer(1.0, release.set)
    timer.start()
    try:
        person = Person({"refusal:locked": ["wait"], "resume": ["resume"]})
        assert sit_down(tiny.root, person).left
    finally:
        release.set()
        thread.join()
    assert person.ids[:2] == ["refusal:locked", "resume"]
    assert any("waiting" in event.text for event in person.events)


# 18, 20: the disk


def test_a_full_disk(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    question = _faulty(tiny, monkeypatch, errno.ENOSPC, "disk-full", "The disk is full")
    assert words(question)["uses"] == "Show what .migwizard uses"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_written(tiny: Shop, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    _faulty(tiny, monkeypatch, number, "read-only", "tiny/.migwizard/checkpoint.json cannot be written")


def _faulty(tiny: Shop, monkeypatch: pytest.MonkeyPatch, number: int, code: str, headline: str) -> Question:
    """Writing the checkpoint fails until the person has made room."""
    begun(tiny)
    real = durable.write_file

    def failing(path: Path, data: bytes, mode: int | None = None) -> None:
        if path.name == "checkpoint.json":
            raise OSError(number, os.strerror(number), str(path))
        real(path, data, mode)

    script: dict[str, list[Act]] = {"resume": ["resume"], "review:preflight": ["continue"]}
    with monkeypatch.context() as patched:
        patched.setattr(durable, "write_file", failing)
        question = refused(sit_down(tiny.root, Person(script)), code, headline, 1)
        assert "checkpoint is whole" in question.text
        mended = then(lambda: patched.setattr(durable, "write_file", real), "again")
        person = Person({**script, f"refusal:{code}": [mended]})
        assert sit_down(tiny.root, person).left
    assert person.ids[-1] != f"refusal:{code}"
    return question


def test_no_scratch_database(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from migwizard.engine.steps import room

    class Refusing:
        Error = sqlite3.Error

        @staticmethod
        def connect(path: Path) -> None:
            raise sqlite3.OperationalError("unable to open database file")

    with monkeypatch.context() as patched:
        patched.setattr(room, "sqlite3", Refusing)
        question = refused(sit_down(tiny.root, Person()), "scratch", "No scratch database possible", 5)
        assert "no proof" in question.text
        cured(tiny.root, "scratch", then(lambda: patched.setattr(room, "sqlite3", sqlite3), "again"))
