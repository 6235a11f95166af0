"""What runs is stopped by the person, or asked about before it is left; a swap is not stopped."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.exit_codes import ExitCode
from migwizard.tui.messages import Answered
from tests.tui.support import begin, decide, drive, progress, settled, text_of, wizard
from tests.tui.test_app import LEAVE

pytestmark = pytest.mark.usefixtures("plain_screens")


def test_cancel_stops_the_engine_and_goes_on_with_a_new_one() -> None:
    app = wizard(begin(State.PROOF))
    app._left.append([begin(State.PROOF)])

    async def act(pilot: Pilot[Any]) -> None:
        old = app.script
        await pilot.press("c")
        await settled(pilot)
        assert old.cancelled
        assert "Stopped, nothing lost" in text_of(app)
        old.say(decide("late", State.PROOF, LEAVE))
        await settled(pilot)
        assert app.question is not None and app.question.id == "stopped"
        app.post_message(Answered("on"))
        await settled(pilot)
        assert app.changes == [{}, {"greeted": True}]
        assert old.answers == []

    drive(app, act)


def test_after_a_cancel_undo_leads_to_undo() -> None:
    app = wizard(begin(State.PROOF))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("c")
        await settled(pilot)
        await pilot.press("u")
        await settled(pilot)
        assert app.changes[-1] == {"greeted": True, "undo": True}

    drive(app, act)


def test_after_a_cancel_the_person_can_go_back_a_step() -> None:
    app = wizard(begin(State.PROOF))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("c")
        await settled(pilot)
        app.post_message(Answered("back"))
        await settled(pilot)
        assert app.changes[-1] == {"greeted": True, "back_to": State.SEEDS}

    drive(app, act)


def test_what_cannot_be_stopped_is_not() -> None:
    app = wizard(begin(State.APPLY), progress(State.APPLY, "file 12 of 55", 12, 55, uncancellable=True))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("c")
        await settled(pilot)
        assert not app.script.cancelled
        await pilot.press("q")
        await settled(pilot)
        assert not app.script.cancelled and app.is_running

    drive(app, act)


def test_a_swap_that_began_while_the_dialog_was_open_is_not_stopped() -> None:
    app = wizard(begin(State.APPLY))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("q")
        await settled(pilot)
        app.script.say(progress(State.APPLY, "file 5 of 11", 5, 11, uncancellable=True))
        await settled(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert "Keep running" not in text_of(app)
        assert not app.script.cancelled and app.is_running

    drive(app, act)


def test_plain_mode_does_not_stop_a_swap() -> None:
    app = wizard(begin(State.APPLY), progress(State.APPLY, "file 5 of 11", 5, 11, uncancellable=True))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("p")
        await settled(pilot)
        assert not app.script.cancelled and app.is_running
        app.script.say(progress(State.APPLY, "11 files are in place", uncancellable=False))
        await settled(pilot)
        await pilot.press("p")
        await settled(pilot)

    drive(app, act, size=(50, 12))
    assert app.script.cancelled


def test_leaving_while_something_runs_asks_and_keeps_running_by_default() -> None:
    app = wizard(begin(State.PROOF))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("q")
        await settled(pilot)
        assert "Keep running" in text_of(app)
        await pilot.press("enter")
        await settled(pilot)
        assert not app.script.cancelled
        await pilot.press("q")
        await settled(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)

    drive(app, act)
    assert app.script.cancelled
    assert app.return_value is not None
    assert app.return_value.code == "left"
    assert app.return_value.exit_code == ExitCode.INTERRUPTED
    assert "proof" in app.return_value.sentence
