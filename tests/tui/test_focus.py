"""Where the focus is: seen once on a screen, kept where a question comes again, else on the main action."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.tui.widgets.choices import ChoiceBar, ChoiceButton
from migwizard.tui.widgets.decide import ChoiceList
from tests.tui.recording import recorded
from tests.tui.support import begin, drive, progress, settled, text_of, wizard


def test_only_what_has_the_focus_shows_an_arrow() -> None:
    question = recorded("review:levels")
    app = wizard(begin(State.LEVELS), question)

    async def act(pilot: Pilot[Any]) -> None:
        for _ in range(4):
            arrows = [line for line in text_of(app).splitlines() if ">" in line]
            assert len(arrows) <= 1, arrows
            await pilot.press("tab")
            await settled(pilot)
        app.screen.query_one("#plan").focus()
        await settled(pilot)
        assert "\n> 0      user" in text_of(app) and " [ Generate" in text_of(app)
        app.screen.query_one(ChoiceBar).focus_choice()
        await settled(pilot)
        assert "\n· 0      user" in text_of(app) and ">[ Generate" in text_of(app)

    drive(app, act)


def test_a_question_asked_again_after_work_keeps_the_focus() -> None:
    app = wizard(begin(State.LEVELS), recorded("review:levels"), begin(State.LEVELS), recorded("review:levels"))

    async def act(pilot: Pilot[Any]) -> None:
        plan = app.screen.query_one("#plan")
        plan.focus()
        await pilot.press("down", "down")
        app.sent("out:orders")
        await settled(pilot)
        assert app.focused is plan and plan.cursor_row == 2  # type: ignore[attr-defined]

    drive(app, act)


def test_after_a_decision_the_main_action_has_the_focus() -> None:
    keep = recorded("keep:products.0016_search_index#0")
    app = wizard(begin(State.SEEDS), keep, recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        assert isinstance(app.focused, ChoiceList)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.focused, ChoiceButton) and app.focused.choice.key == "continue"

    drive(app, act)


def test_a_state_that_runs_again_shows_its_progress() -> None:
    seeds = recorded("review:seeds")
    running = progress(State.SEEDS, "old history", 23, 112, run="old", words="watching the old history")
    app = wizard(begin(State.SEEDS), seeds, begin(State.SEEDS), running)

    async def act(pilot: Pilot[Any]) -> None:
        app.sent("again")
        await pilot.pause(0.2)
        await settled(pilot)
        assert "watching the old history: 23 of 112" in text_of(app)

    drive(app, act)
