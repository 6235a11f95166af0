"""Small windows: the stepper becomes a sentence, columns give way, headline, status and main action never do."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.tui.widgets.decide import ChoiceList
from tests.tui.recording import recorded
from tests.tui.screenshots import before
from tests.tui.support import ScriptedApp, drive, text_of, wizard

SMALL = ((60, 16), (79, 24), (80, 16))
REVIEWS = {
    "review:preflight": "[ Continue ]",
    "review:graph": "[ Continue with 6 apps ]",
    "review:levels": "[ Generate these 7 schema files ]",
    "review:generate": "[ Accept all 7 ]",
    "review:seeds": "[ Continue to Proof ]",
    "review:proof": "[ Continue to Apply ]",
    "apply": "[ !! Swap 55 files for 12 ... ]",
    "switch:default": "[ !! Switch default ... ]",
    "review:done": "[ Finish ]",
}
"""Question -> its main action."""


def asked(id: str) -> ScriptedApp:
    question = recorded(id)
    return wizard(*before(question), question)


def shown(id: str, size: tuple[int, int]) -> list[str]:
    """The lines of the screen of a question in a window of a size."""
    app, found = asked(id), []

    async def act(pilot: Pilot[Any]) -> None:
        found.extend(text_of(app).splitlines())

    drive(app, act, size)
    return found


@pytest.mark.parametrize("size", SMALL, ids=str)
@pytest.mark.parametrize("id", REVIEWS)
def test_a_small_window_has_step_headline_main_action_and_status(id: str, size: tuple[int, int]) -> None:
    lines, question = shown(id, size), recorded(id)
    assert len(lines) == size[1] and max(map(len, lines)) <= size[0]
    step = question.state.value.capitalize()
    assert f": {step}" in lines[0] if size[0] < 79 else f"● {step}" in lines[0]
    assert lines[1].startswith(f"── {question.headline}"[: size[0] - 1])
    assert any(REVIEWS[id] in line for line in lines), "the main action is out of sight"
    undo = question.state in (State.FAKE, State.DONE)
    assert ("u undoes" in lines[-2], "Project: unchanged" in lines[-2]) == (undo, not undo)
    assert "q quit" in lines[-1]


@pytest.mark.parametrize("size", SMALL, ids=str)
def test_levels_says_what_waits_where_it_returns_and_what_it_costs(size: tuple[int, int]) -> None:
    said = "\n".join(shown("review:levels", size))
    assert "Cost now 7 schema files, 5 parts wait" in said
    assert "3 files, 1 part waits   recommended: fewest files" in said
    assert "~ user.user.office" in said and "↳ returns in user/0002_reset_links" in said


@pytest.mark.parametrize("size", SMALL, ids=str)
def test_seeds_keeps_the_verdicts_and_each_answer_in_sight(size: tuple[int, int]) -> None:
    said = "\n".join(shown("keep:products.0016_search_index#0", size))
    assert "? decide" in said and "no statement ran" in said
    assert ">(•) Keep it as it is" in said and "( ) One-time, drop it" in said
    review = "\n".join(shown("review:seeds", size))
    assert "(•) One-time, left out" in review and "( ) Keep it" in review


def test_a_short_window_says_the_effect_of_the_marked_choice_and_shows_all_the_others() -> None:
    app = asked("resume")

    async def act(pilot: Pilot[Any]) -> None:
        assert "goes on where you stopped" in text_of(app)
        assert "every step, nothing can be changed" not in text_of(app)
        assert "Start over" in text_of(app)
        await pilot.press("down")
        await pilot.pause()
        assert app.screen.query_one("#ways", ChoiceList).marked == "look"
        assert "every step, nothing can be changed" in text_of(app)

    drive(app, act, (60, 16))
