"""The app between engine and screens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.previews import AppliedApp, ApplyPreview, DatabaseLine, FakePreview
from migwizard.engine.process import Ended
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event
from migwizard.exit_codes import ExitCode
from migwizard.tui.messages import Answered
from migwizard.tui.screens.small import SmallScreen
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.decide import ChoiceList
from migwizard.tui.widgets.frame import Stepper
from tests.tui.support import DONE, begin, decide, drive, end, progress, review, settled, text_of, wizard

pytestmark = pytest.mark.usefixtures("plain_screens")

LEAVE = Choice("leave", "stays as it was", "Leave it")
FOLD = Choice("fold", "goes into a real migration", "Fold it in")
SWAP = Choice("swap", "55 files leave, 13 come; u takes every byte back", "Swap 55 files", writes="55 files")
REMOTE = Choice("switch", "rows are exchanged", "Switch archive", writes="rows of 1 database", typed="archive")
PYTHON = Choice("python", "the project is loaded by it", "Other Python", wants="path of a Python")
STAT = Choice("stat", "only shows", "Show the diff", shows="a.py | 2 +-")
PLACEHOLDER = decide("drift", State.FAKE, LEAVE, FOLD)


def test_an_answer_goes_to_the_engine_and_the_next_question_is_shown() -> None:
    app = wizard(PLACEHOLDER, decide("second", State.FAKE, FOLD, LEAVE))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("down", "enter")
        await settled(pilot)
        assert app.answers == ["fold"]
        assert app.question is not None and app.question.id == "second"

    drive(app, act)


def test_the_end_of_the_engine_ends_the_app_with_its_result() -> None:
    ended = Ended(ExitCode.CONFLICT, sentence="Another one works here.", code="locked")
    app = wizard(PLACEHOLDER, ended)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        await settled(pilot)

    drive(app, act)
    assert app.return_value == ended


def test_no_second_answer_goes_out_before_the_next_question() -> None:
    app = wizard(PLACEHOLDER)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("enter", "enter", "enter")
        await settled(pilot)
        assert app.answers == ["leave"]

    drive(app, act)


def test_a_double_press_does_not_answer_the_next_question_too() -> None:
    app = wizard(PLACEHOLDER, decide("second", State.FAKE, FOLD, LEAVE), DONE, double_press=0.3)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["leave"]
        app.clock.now += 1
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["leave", "fold"]

    drive(app, act)


def test_progress_is_seen_on_the_screen_of_the_state_that_begins() -> None:
    app = wizard(begin(State.PROOF), progress(State.PROOF, "old history: shop.0004", 31, 47))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)
        await settled(pilot)
        assert isinstance(app.screen, StepScreen)
        assert app.standing.state is State.PROOF
        assert "Proof 31 of 47: old history: shop.0004" in text_of(app)

    drive(app, act, size=(120, 40))


def test_many_events_reach_the_screen_as_the_newest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Event] = []
    app = wizard(begin(State.DONE), *(progress(State.DONE, f"step {n}", n, 500) for n in range(1, 501)))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)
        assert app.step is not None
        monkeypatch.setattr(app.step, "told", heard.append)
        for number in range(100):
            app.script.say(progress(State.DONE, f"more {number}", number, 100))
        await pilot.pause(0.25)
        await settled(pilot)

    drive(app, act)
    assert heard[-1].text == "more 99"
    assert len(heard) < 5


def test_what_runs_below_an_overlay_does_not_keep_its_keys_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migwizard.tui.app.BENEATH_SECONDS", 3600.0)
    heard: list[str] = []
    app = wizard(begin(State.DONE))

    async def act(pilot: Pilot[Any]) -> None:
        assert app.step is not None
        monkeypatch.setattr(app.step, "told", lambda event: heard.append(event.text))
        await pilot.press("colon")
        for number in (1, 2):
            app.script.say(progress(State.DONE, f"step {number}", number, 500))
        await pilot.pause(0.25)
        await settled(pilot)
        assert heard == []
        await pilot.press("escape")
        await settled(pilot)
        assert heard == ["step 2"], "the newest is told as soon as nothing lies over the screen"

    drive(app, act)


def test_going_back_says_that_nothing_was_undone() -> None:
    app = wizard(begin(State.LEVELS), review(State.LEVELS))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("b")
        await settled(pilot)
        assert app.answers == ["back"]
        assert "Nothing was undone" in "".join(str(note.message) for note in app._notifications)

    drive(app, act)


def test_there_is_nothing_before_the_first_step() -> None:
    app = wizard(begin(State.PREFLIGHT), review(State.PREFLIGHT))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("b")
        await settled(pilot)
        assert app.answers == []

    drive(app, act)


def test_going_back_over_something_that_writes_asks_first() -> None:
    back = Choice("back", "55 files come back, 13 go", "Undo the swap of 55 files", writes="55 files")
    app = wizard(replace(review(State.APPLY, back), kind="decide"))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("b")
        await settled(pilot)
        assert app.answers == []
        assert "55 files come back" in text_of(app)
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert app.answers == ["back"]

    drive(app, act)


def test_undo_and_quit_are_answers() -> None:
    for key, answer in (("u", "undo"), ("q", "quit")):
        app = wizard(PLACEHOLDER)

        async def act(pilot: Pilot[Any], key: str = key) -> None:
            await pilot.press(key)
            await settled(pilot)

        drive(app, act)
        assert app.answers == [answer]


def test_news_while_a_screen_closes_harm_nobody() -> None:
    app = wizard(begin(State.PROOF))

    async def act(pilot: Pilot[Any]) -> None:
        await app.screen.query_one(Stepper).remove()
        app._tick()
        await settled(pilot)

    drive(app, act)


def test_a_screen_is_the_same_one_when_it_comes_back() -> None:
    app = wizard(review(State.DONE, FOLD), decide("else", State.FAKE, LEAVE), review(State.DONE, FOLD))

    async def act(pilot: Pilot[Any]) -> None:
        first = app.screen
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen is not first
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen is first

    drive(app, act)


def test_a_question_behind_an_overlay_waits_until_it_is_closed() -> None:
    app = wizard(begin(State.PROOF))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("l")
        await settled(pilot)
        app.script.say(decide("difference:1", State.FAKE, LEAVE, FOLD))
        await settled(pilot)
        assert not isinstance(app.screen, StepScreen)
        await pilot.press("escape")
        await settled(pilot)
        assert "Which one?" in text_of(app)

    drive(app, act)


def test_a_small_window_says_so_and_grows_back() -> None:
    app = wizard(PLACEHOLDER)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("down")
        await pilot.resize_terminal(40, 10)
        await settled(pilot)
        assert isinstance(app.screen, SmallScreen)
        assert "40x10" in text_of(app) and "60x16" in text_of(app)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "Which one?" in text_of(app)
        assert app.screen.query_one(ChoiceList).marked == "fold"
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["fold"]

    drive(app, act)


def test_plain_mode_ends_the_app_and_stops_the_engine() -> None:
    app = wizard(PLACEHOLDER)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("p")
        await settled(pilot)

    drive(app, act, size=(40, 10))
    assert app.script.cancelled
    assert app.return_value is not None and app.return_value.code == "plain"


def test_the_status_line_says_what_has_changed_so_far() -> None:
    swapped = ApplyPreview((AppliedApp("shop", ("a", "b"), ("c",)),), "", "", "", "", True, "")
    line = DatabaseLine("default", "db.sqlite3", True, "NEW", 2, 1, 0, "", True)
    app = wizard(
        review(State.PROOF),
        review(State.APPLY, preview=swapped),
        review(State.FAKE, preview=FakePreview((line,), "")),
        begin(State.GENERATE),
    )

    async def act(pilot: Pilot[Any]) -> None:
        assert "Project: unchanged" in text_of(app)
        app.post_message(Answered("continue"))
        await settled(pilot)
        assert "Files swapped (2 out, 1 in), database not yet" in text_of(app)
        app.post_message(Answered("continue"))
        await settled(pilot)
        assert "Files swapped (2 out, 1 in) and 1 database switched · u undoes both" in text_of(app)
        app.post_message(Answered("continue"))
        await settled(pilot)
        assert app.standing.changed == "Project: unchanged"

    drive(app, act)


def test_the_end_of_a_long_step_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    rung = []
    app = wizard(begin(State.PROOF))
    monkeypatch.setattr(app, "bell", lambda: rung.append("bell"))

    async def act(pilot: Pilot[Any]) -> None:
        app.script.say(end(State.PROOF))
        await settled(pilot)
        assert rung == []
        app.script.say(begin(State.PROOF))
        await settled(pilot)
        app.clock.now += 11
        app.script.say(end(State.PROOF))
        await settled(pilot)
        assert rung == ["bell"]

    drive(app, act)


def test_an_event_before_the_first_screen_is_there_is_told_later() -> None:
    app = wizard(Event("note", State.SEEDS, "early"), begin(State.SEEDS))

    async def act(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        assert app._untold == []

    drive(app, act)
