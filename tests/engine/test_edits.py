"""A person's changes to staged files: noticed, kept, put back on the text they were made on, never lost unasked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from migwizard.engine.options import Options
from migwizard.engine.ride import Ride
from migwizard.engine.staging import edited, edits
from migwizard.engine.staging.edits import problem
from migwizard.engine.states import State
from migwizard.engine.surviving import durable
from migwizard.engine.talk import Question
from migwizard.errors import UndecidedError
from migwizard.paths import Workplace
from tests.engine.support import dying_at

NAME, NODE = "orders/0001_reset_initial.py", ("orders", "0001_reset_initial")
TEXT = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    operations = []\n"
MINE = TEXT.replace("[]", "[]  # mine")
OTHER = TEXT.replace("[]", "[1]")
BROKEN = TEXT.replace("[]", "[")


class Desk:
    """A ride without a project: staging, the folder of edits, and answers that lie ready."""

    def __init__(self, root: Path, *answers: str, review: bool = False) -> None:
        self.answers, self.questions, self.told = list(answers), list[Question](), list[str]()
        self.staged, self.kept = root / ".migwizard" / "staging" / NAME, root / ".migwizard" / "edits" / NAME
        self.previous = self.kept.with_name("0001_reset_initial.previous.py")
        checkpoint = SimpleNamespace(applied=False, state=State.GENERATE, decisions={})
        self.ride = cast(
            Ride,
            SimpleNamespace(
                project=SimpleNamespace(root=root), workplace=Workplace(root), facts={}, checkpoint=checkpoint,
                options=Options(review=review), ask=self._ask, tell=self._tell, save=lambda: None,
            ),
        )  # fmt: skip

    def _ask(self, question: Question) -> str:
        self.questions.append(question)
        self.ride.checkpoint.decisions[question.id] = cast(Any, "stored")
        return self.answers.pop(0)

    def _tell(self, kind: str, text: str = "", **data: Any) -> None:
        self.told.append(text)

    def again(self, *answers: str, review: bool = False) -> Desk:
        """The same folder in another process."""
        desk = Desk(self.ride.project.root, *answers, review=review)
        desk.ride.checkpoint.state = self.ride.checkpoint.state
        return desk

    def generate(self, text: str = TEXT) -> None:
        """What the states Generate and Seeds do."""
        edits.unsettle(self.ride)
        edits.begin(self.ride)
        durable.write_file(self.staged, text.encode())
        edits.put_back(self.ride, [NAME])
        edited.settle(self.ride, [NODE])

    def write(self, text: str) -> None:
        """What an editor does."""
        self.staged.write_text(text)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.generate()
    return made


def test_nothing_is_kept_where_nothing_was_changed(desk: Desk) -> None:
    assert edits.changed(desk.ride) == []
    edited.notice(desk.ride, [])
    assert not desk.kept.exists()
    assert desk.questions == []


def test_an_edit_is_put_back_on_the_text_it_was_made_on_without_a_question(desk: Desk) -> None:
    desk.write(MINE)
    assert edits.changed(desk.ride) == [NAME]
    desk.generate()
    assert desk.staged.read_text() == MINE
    later = desk.again()
    later.generate()
    assert later.staged.read_text() == MINE
    assert edits.changed(later.ride) == []
    assert edits.generated(later.ride, NAME) == TEXT


def test_another_text_below_an_edit_is_a_question_and_keep_is_safe(desk: Desk) -> None:
    desk.write(MINE)
    desk.answers = ["keep"]
    desk.generate(OTHER)
    question = desk.questions[0]
    assert (question.id, question.safe) == ("edit:orders/0001_reset_initial", "keep")
    assert "+    operations = []  # mine" in question.details
    assert desk.staged.read_text() == MINE
    # From now on it stands for both texts, and the answer is no answer to another question.
    desk.generate()
    desk.generate(OTHER)
    assert len(desk.questions) == 1
    assert desk.ride.checkpoint.decisions == {}
    assert desk.staged.read_text() == MINE


def test_the_text_that_loses_is_kept_beside(desk: Desk) -> None:
    desk.write(MINE)
    desk.answers = ["take"]
    desk.generate(OTHER)
    assert desk.staged.read_text() == OTHER
    assert desk.previous.read_text() == MINE
    assert not desk.kept.exists()
    desk.generate()
    assert desk.staged.read_text() == TEXT


def test_a_broken_edit_has_no_safe_answer_in_a_conflict(desk: Desk) -> None:
    desk.write(BROKEN)
    desk.answers = ["keep"]
    desk.generate(OTHER)
    assert desk.questions[0].safe is None
    assert desk.staged.read_text() == BROKEN


def test_a_half_written_staging_is_nobodys_edit(desk: Desk) -> None:
    desk.write(MINE)
    edits.unsettle(desk.ride)
    durable.write_file(desk.staged, b"half of")
    later = desk.again()
    assert edits.changed(later.ride) == []
    edited.notice(later.ride, [])
    later.generate()
    assert later.staged.read_text() == MINE


@pytest.mark.parametrize("kill_at", range(1, 7))
def test_a_kill_while_an_edit_is_kept_loses_nothing(desk: Desk, kill_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(MINE)
    real, died = durable.write_file, dying_at(kill_at, monkeypatch)
    try:
        desk.generate()
    except KeyboardInterrupt:
        monkeypatch.setattr(durable, "write_file", real)
        later = desk.again("keep")
        edited.notice(later.ride, [])
        later.generate()
    monkeypatch.setattr(durable, "write_file", real)
    assert died
    assert desk.staged.read_text() == MINE


def test_an_edit_found_at_the_start_is_asked_about_and_proved(desk: Desk) -> None:
    desk.write(MINE)
    later = desk.again("keep")
    edited.notice(later.ride, [])
    question = later.questions[0]
    assert (question.headline, question.safe) == ("You changed orders/0001_reset_initial", "keep")
    assert question.text.startswith("1 line differs")
    assert later.kept.read_text() == MINE
    again = later.again()
    edited.notice(again.ride, [])
    assert again.questions == []


def test_the_original_can_be_had_again_at_the_start(desk: Desk) -> None:
    desk.write(MINE)
    later = desk.again("take")
    edited.notice(later.ride, [])
    assert later.staged.read_text() == TEXT
    assert later.previous.read_text() == MINE


def test_a_file_that_its_own_screen_shows_is_not_asked_about(desk: Desk) -> None:
    desk.write(BROKEN)
    later = desk.again(review=True)
    edited.notice(later.ride, [NAME])
    assert later.questions == []
    assert later.kept.read_text() == BROKEN


def test_a_broken_file_is_read_again_until_it_is_mended(desk: Desk) -> None:
    desk.write(BROKEN)
    later = desk.again("mended", "mended")
    asked = later._ask

    def mend(question: Question) -> str:
        later.write(BROKEN + "#" if len(later.questions) == 0 else MINE)
        return asked(question)

    cast(Any, later.ride).ask = mend
    edited.notice(later.ride, [])
    assert [question.safe for question in later.questions] == [None, None]
    assert "never closed; your text is kept" in later.questions[0].text
    assert later.kept.read_text() == MINE


def test_a_file_that_is_still_broken_ends_the_run(desk: Desk) -> None:
    desk.write(BROKEN)
    later = desk.again("mended")
    with pytest.raises(UndecidedError, match="Your text is kept"):
        edited.notice(later.ride, [])
    assert later.staged.read_text() == BROKEN


def test_a_kept_but_broken_edit_is_asked_about_again(desk: Desk) -> None:
    desk.write(BROKEN)
    edits.keep(desk.ride, NAME)
    later = desk.again("take")
    edited.notice(later.ride, [])
    assert later.staged.read_text() == TEXT


def test_writing_the_generated_text_by_hand_ends_the_edit(desk: Desk) -> None:
    desk.write(MINE)
    edits.keep(desk.ride, NAME)
    desk.write(TEXT)
    assert edits.adopt(desk.ride) == [NAME]
    assert edits.load_edits(desk.ride) == {}


def test_restoring_keeps_the_edit_beside(desk: Desk) -> None:
    desk.write(MINE)
    edits.keep(desk.ride, NAME)
    edits.restore(desk.ride, NAME)
    assert desk.staged.read_text() == TEXT
    assert desk.previous.read_text() == MINE
    desk.generate()
    assert desk.staged.read_text() == TEXT


def test_an_edit_of_a_file_that_is_no_longer_planned_stays(desk: Desk) -> None:
    desk.write(MINE)
    edits.keep(desk.ride, NAME)
    desk.ride.checkpoint.state = State.SEEDS
    edited.settle(desk.ride, [])
    assert any("stays in .migwizard/edits" in text for text in desk.told)
    assert desk.kept.read_text() == MINE


def test_after_apply_staging_is_nobodys_business(desk: Desk) -> None:
    desk.write(BROKEN)
    edits.keep(desk.ride, NAME)
    desk.write(MINE)
    desk.ride.checkpoint.applied = True
    edited.notice(desk.ride, [])
    assert (edits.changed(desk.ride), desk.questions) == ([], [])


@pytest.mark.parametrize("name", ["../../evil.py", "/etc/evil.py", "orders/../../evil.py", "a/b/c.py", "orders/x.txt"])
def test_names_that_lead_elsewhere_are_not_followed(desk: Desk, name: str) -> None:
    settled = desk.ride.workplace.work / edits.SETTLED
    settled.write_text(json.dumps({name: {"bases": [], "text": "", "left": "0"}}))
    index = desk.kept.parent.parent / edits.INDEX
    durable.write_file(index, json.dumps({name: ["0"]}).encode())
    assert edits.changed(desk.ride) == []
    assert edits.load_edits(desk.ride) == {}


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    desk = Desk(tmp_path / "shop")
    desk.generate()
    desk.kept.parent.parent.mkdir(exist_ok=True)
    desk.kept.parent.symlink_to(tmp_path / "elsewhere")
    desk.write(MINE)
    assert edits.changed(desk.ride) == []
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (TEXT, ""),
        (BROKEN, "line 5: '[' was never closed"),
        (TEXT.replace("class Migration", "class Other"), "it defines no class Migration any more"),
        (TEXT + "class Migration: pass\n", "it defines class Migration twice"),
        (TEXT.replace("operations", "things"), "its class Migration has no operations any more"),
        ("a\x00b", "null bytes"),
    ],
)
def test_what_keeps_a_text_from_being_a_migration(text: str, what: str) -> None:
    assert what in problem(text.encode())
    assert bool(problem(text.encode())) == bool(what)


def test_every_question_about_an_edit_says_what_is_kept(desk: Desk) -> None:
    desk.write(BROKEN)
    desk.answers = ["keep"]
    desk.generate(OTHER)
    assert replace(desk.questions[0], details="").choice("take") is not None
    assert ".migwizard/edits" in next(choice.effect for choice in desk.questions[0].choices if choice.key == "take")
