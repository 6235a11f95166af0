"""Every command is declared once."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.engine.talk import Choice
from migwizard.tui.commands import BY_HAND, EVERYWHERE, bindings, command_table, spoken
from migwizard.tui.dialogs.palette import PaletteScreen
from migwizard.tui.screens.log import LogScreen
from migwizard.tui.table import command_sets
from tests.tui.support import begin, decide, drive, settled, text_of, wizard

alone = pytest.mark.usefixtures("plain_screens")

LEAVE = Choice("leave", "stays as it was", "Leave it")
FOLD = Choice("fold", "goes into a real migration", "Fold it in", group="rare")
QUESTION = decide("drift", State.FAKE, LEAVE, FOLD)
DANGEROUS = ("ctrl+s", "ctrl+q", "ctrl+h", "ctrl+i", "ctrl+m", "ctrl+b", "ctrl+j", "ctrl+z", "alt+", "shift+up")


def test_the_table_names_every_command_of_every_screen() -> None:
    table = command_table()
    for _, commands in command_sets():
        for command in commands:
            assert command.sentence in table
    assert "| `b` | Go back" in table


def test_no_key_dies_in_a_terminal() -> None:
    for _, commands in (("", EVERYWHERE), ("", BY_HAND), *command_sets()):
        for command in commands:
            assert not any(key.startswith(bad) for key in command.keys.split(",") for bad in DANGEROUS), command


def test_one_letter_means_one_thing_on_all_screens() -> None:
    common = {key for command in EVERYWHERE for key in command.keys.split(",")}
    for title, commands in command_sets():
        if title in ("Log", "Help"):
            continue
        taken = {key for command in commands for key in command.keys.split(",") if command.action}
        assert common & taken <= {"y"}, title


def test_a_hint_without_an_action_binds_no_key() -> None:
    assert bindings(BY_HAND) == []
    assert spoken("question_mark,f1") == ("?", "F1")


@alone
def test_the_palette_lists_choices_commands_and_what_is_not_possible() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("colon")
        await settled(pilot)
        shown = text_of(app)
        assert "Leave it" in shown and "Fold it in" in shown
        assert "not now: nothing runs" in shown
        assert "Theme migwizard-light" in shown

    drive(app, act, size=(120, 40))


@alone
def test_a_choice_in_a_group_is_reached_through_the_palette() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("ctrl+p", *"fold it", "enter")
        await settled(pilot)
        assert app.answers == ["fold"]

    drive(app, act)


@alone
def test_a_name_counts_more_than_the_letters_of_a_sentence() -> None:
    """ "log" is in "a dialog says first" of back, which stands above it."""
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("ctrl+p", *"log", "enter")
        await settled(pilot)
        assert isinstance(app.screen, LogScreen)
        assert app.answers == []

    drive(app, act)


@alone
def test_the_palette_changes_the_theme() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("colon", *"light", "enter")
        await settled(pilot)
        assert app.theme == "migwizard-light"

    drive(app, act)


@alone
def test_a_greyed_command_is_not_taken() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("colon", *"within a second", "enter")
        await settled(pilot)
        assert isinstance(app.screen, PaletteScreen)
        assert not app.script.cancelled

    drive(app, act)


@alone
def test_the_palette_acts_on_the_app() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("colon", *"explanations on or", "enter")
        await settled(pilot)
        assert app.standing.guided is False

    drive(app, act)


@alone
def test_back_and_undo_are_grey_while_the_engine_works() -> None:
    app = wizard(begin(State.FAKE))

    async def act(pilot: Pilot[Any]) -> None:
        assert app.check_action("back", ()) is None
        assert app.check_action("undo", ()) is None
        assert app.check_action("cancel", ()) is True
        await pilot.press("u", "b")
        assert app.answers == []

    drive(app, act)
