"""A reset that is only looked at: every screen says so, and offers nothing that would change it."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.look import only_shown
from migwizard.engine.states import ORDER, State
from migwizard.engine.talk import Event
from migwizard.tui import palette
from migwizard.tui.widgets.choices import ChoiceBar
from tests.tui.recording import recorded
from tests.tui.snapshots import Compare, every_picture, same_picture
from tests.tui.support import SIZES, ScriptedApp, drive, settled, text_of, wizard

LOOKS = Event("look", State.PREFLIGHT)


def looking(state: State) -> ScriptedApp:
    following = ORDER[ORDER.index(state) + 1] if state is not State.DONE else None
    return wizard(LOOKS, only_shown(recorded(f"review:{state}"), following))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", ORDER)
def test_every_screen_says_so_and_has_one_way_on(state: State, size: tuple[int, int]) -> None:
    app = looking(state)

    async def act(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        assert shown.splitlines()[1].startswith(f"── Look only: {state.capitalize()} as it stands")
        assert "\n Look only · " in shown and "saved" not in shown
        assert "Ready" not in shown.splitlines()[1]
        buttons = [line for line in shown.splitlines() if "[ " in line and " ]" in line and ">" in line]
        assert len(buttons) == 1 and ("[ Go on to " in buttons[0] or "[ End the look ]" in buttons[0]), buttons
        for word in ("Accept", "Redo", "Edit", "Save picture", "Leave out", "!!"):
            assert f"[ {word}" not in shown
        app.screen.query_one(ChoiceBar).focus_choice("continue")
        await pilot.press("enter")
        await settled(pilot)

    drive(app, act, size)
    assert app.answers == ["continue"]


@pytest.mark.parametrize(
    ("state", "keys"),
    [
        (State.PREFLIGHT, "r"),
        (State.GRAPH, "space s d"),
        (State.LEVELS, "m space e"),
        (State.GENERATE, "e s"),
        (State.PROOF, "r s"),
    ],
)
def test_keys_that_change_something_do_nothing(state: State, keys: str) -> None:
    app = looking(state)

    async def act(pilot: Pilot[Any]) -> None:
        for table in ("#apps", "#plan"):
            for found in app.screen.query(table):
                found.focus()
        await settled(pilot)
        *before, _ = text_of(app).splitlines()
        for key in keys.split():
            await pilot.press(key)
            await settled(pilot)
            *after, footer = text_of(app).splitlines()
            assert after == before
            assert f"{key} does nothing now: the reset is only looked at" in footer.lower() and "q quit" in footer
        own = app.step.ACTS if app.step is not None else ()
        entries = {entry.words: entry for entry in palette.entries(own, app._why_not, app.question)}
        able = {command.words.capitalize() for command in own if command.changes and command.action}
        assert able and all(entries[words].why_not == "the reset is only looked at" for words in able)

    drive(app, act)
    assert app.answers == []


def test_an_order_that_is_chosen_is_refused_in_words() -> None:
    app = looking(State.LEVELS)

    async def act(pilot: Pilot[Any]) -> None:
        app.screen.query_one("#orders").focus()
        await pilot.press("down", "enter")
        await settled(pilot)
        assert any("only looked at" in str(note.message) for note in app._notifications)

    drive(app, act)
    assert app.answers == []


@every_picture
def test_picture(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, looking(State.LEVELS), size=size, theme=theme)
