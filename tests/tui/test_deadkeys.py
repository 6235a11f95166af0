"""A key that does nothing says so, once and quietly."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.engine.talk import Choice
from migwizard.tui.dialogs.confirm import ConfirmDialog
from migwizard.tui.dialogs.palette import PaletteScreen
from migwizard.tui.dialogs.typed import InputDialog
from tests.tui.support import ScriptedApp, begin, decide, drive, settled, text_of, wizard

pytestmark = pytest.mark.usefixtures("plain_screens")

LEAVE = Choice("leave", "stays as it was", "Leave it")
WRITES = Choice("swap", "55 files leave", "Swap 55 files", writes="55 files")
NAMED = Choice("python", "the project is loaded by it", "Other Python", wants="path of a Python")
MOVES = ("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab")


def asking() -> ScriptedApp:
    return wizard(decide("drift", State.FAKE, LEAVE, WRITES, NAMED))


def footer(app: ScriptedApp) -> str:
    return text_of(app).splitlines()[-1].strip()


def test_the_footer_says_it_and_keeps_the_keys_that_lead_on() -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        before = footer(app)
        await pilot.press("z")
        await settled(pilot)
        assert footer(app).startswith("z does nothing here  ")
        assert footer(app).endswith("b back  ? explain  : all  q quit")
        await pilot.press("down")
        await settled(pilot)
        assert footer(app) == before, "gone with the next key"
        assert app.answers == []

    drive(app, act)


def test_what_is_not_possible_now_says_why() -> None:
    app = wizard(begin(State.FAKE))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("b")
        await settled(pilot)
        assert footer(app).startswith("b does nothing now: something runs; c stops it  ")

    drive(app, act)


@pytest.mark.parametrize("columns", range(60, 101, 4))
def test_no_hint_is_cut_beside_a_remark(columns: int) -> None:
    app = wizard(begin(State.SEEDS))

    async def act(pilot: Pilot[Any]) -> None:
        before = footer(app).split("  ")
        await pilot.press("u")
        await settled(pilot)
        said, *kept = footer(app).split("  ")
        assert said == "u does nothing now: something runs; c stops it"
        assert kept and kept[-1] == "q quit"
        assert kept == before[-len(kept) :], "whole ones, the last of them"

    drive(app, act, (columns, 24))


@pytest.mark.parametrize("key", [*MOVES, "enter"])
def test_keys_of_the_widgets_are_quiet_also_where_nothing_takes_them(key: str) -> None:
    app = wizard(begin(State.SEEDS))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press(key, key)
        await settled(pilot)
        assert "does nothing" not in text_of(app)

    drive(app, act)


def test_keys_that_act_are_quiet() -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        for key in ("g", "question_mark", "escape", "l", "escape", "colon", "escape"):
            await pilot.press(key)
            await settled(pilot)
            assert "does nothing" not in text_of(app), key

    drive(app, act)


def test_letters_in_a_field_are_text() -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("down", "down", "enter")
        await settled(pilot)
        assert isinstance(app.screen, InputDialog)
        await pilot.press("z", "f5")
        await settled(pilot)
        assert "does nothing" not in text_of(app)
        await pilot.press("escape", "colon")
        await settled(pilot)
        assert isinstance(app.screen, PaletteScreen)
        await pilot.press("z", "z")
        await settled(pilot)
        assert "does nothing" not in text_of(app)

    drive(app, act)


def test_over_a_dialog_it_is_said_once() -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("down", "enter")
        await settled(pilot)
        assert isinstance(app.screen, ConfirmDialog)
        await pilot.press("y", "y", "y")
        await settled(pilot)
        assert [note.message for note in app._notifications] == ["y does nothing here."]
        assert app.answers == []

    drive(app, act)
