"""Whatever writes asks once more, the safe answer in focus; no letter answers it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event
from migwizard.tui.dialogs.confirm import ConfirmDialog
from migwizard.tui.dialogs.explain import ExplainDialog
from migwizard.tui.dialogs.overlay import DialogButton
from migwizard.tui.screens.step import StepScreen
from migwizard.words import explain as explaining
from migwizard.words.explain import dialogs
from tests.tui.snapshots import Compare, every_picture, same_picture
from tests.tui.support import ScriptedApp, decide, drive, settled, text_of, wizard

pytestmark = pytest.mark.usefixtures("plain_screens")

LATER = Choice("later", "nothing happens", "Not yet")
SWAP = Choice("swap", "55 files leave 6 apps, 13 come; u takes every byte back", "Swap 55 files", writes="55 files")
REMOTE = Choice("switch", "rows are exchanged", "Switch archive", writes="rows of 1 database", typed="archive")
PYTHON = Choice("python", "the project is loaded by it", "Other Python", wants="path of a Python")
STAT = Choice("stat", "only shows", "Show the diff", shows="shop/0001.py | 2 +-")


def asking(*choices: Choice) -> ScriptedApp:
    return wizard(decide("apply", State.FAKE, *choices))


async def open_second(pilot: Pilot[Any]) -> None:
    await pilot.press("down", "enter")
    await settled(pilot)


def test_enter_alone_never_writes() -> None:
    app = asking(LATER, SWAP)

    async def act(pilot: Pilot[Any]) -> None:
        await open_second(pilot)
        shown = text_of(app)
        assert "Swap 55 files?" in shown and "u takes every byte back" in shown
        assert ">[ Not yet ]" in shown and "[ Swap 55 files ]" in shown
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == []
        assert isinstance(app.screen, StepScreen)

    drive(app, act)


def test_no_letter_answers_the_dialog() -> None:
    app = asking(LATER, SWAP)

    async def act(pilot: Pilot[Any]) -> None:
        await open_second(pilot)
        await pilot.press(*"yjsqobu")
        await settled(pilot)
        assert app.answers == []
        assert isinstance(app.screen, ConfirmDialog)

    drive(app, act)


def test_the_other_answer_goes_out_once() -> None:
    app = asking(LATER, SWAP)

    async def act(pilot: Pilot[Any]) -> None:
        await open_second(pilot)
        await pilot.press("tab", "enter", "enter")
        await settled(pilot)
        assert app.answers == ["swap"]

    drive(app, act)


def test_escape_means_not_yet() -> None:
    app = asking(LATER, SWAP)

    async def act(pilot: Pilot[Any]) -> None:
        await open_second(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert app.answers == []
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ConfirmDialog)
        await pilot.press("colon")
        await settled(pilot)
        assert "All commands" in text_of(app) and not app.answers
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, StepScreen)

    drive(app, act)


def test_a_name_must_be_typed_exactly() -> None:
    app = asking(LATER, REMOTE)

    async def act(pilot: Pilot[Any]) -> None:
        await open_second(pilot)
        other = app.screen.query_one("#other", DialogButton)
        assert app.screen.query_one(Input).has_focus
        able = []
        for typed in ("", "Archive", "archive ", "archiv", "archive"):
            app.screen.query_one(Input).value = typed
            await settled(pilot)
            able.append(not other.disabled)
        assert able == [False, False, False, False, True]
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == [], "Enter in the field moves on"
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["switch"]

    drive(app, act)


def test_enter_behind_a_wrong_name_leads_to_the_safe_answer() -> None:
    app = asking(LATER, REMOTE)

    async def act(pilot: Pilot[Any]) -> None:
        await open_second(pilot)
        await pilot.press(*"defau", "enter")
        await settled(pilot)
        assert app.screen.query_one("#safe").has_focus

    drive(app, act)


def test_a_text_goes_along_with_the_answer() -> None:
    app = asking(LATER, PYTHON)

    async def act(pilot: Pilot[Any]) -> None:
        await open_second(pilot)
        await pilot.press(*"/usr/bin/python3", "enter")
        await settled(pilot)
        assert app.answers == ["python=/usr/bin/python3"]

    drive(app, act)


def test_an_empty_text_is_no_answer() -> None:
    app = asking(LATER, PYTHON)

    async def act(pilot: Pilot[Any]) -> None:
        await open_second(pilot)
        await pilot.press("space", "enter")
        await settled(pilot)
        assert app.answers == []
        assert isinstance(app.screen, StepScreen)

    drive(app, act)


def test_what_is_only_shown_is_no_answer() -> None:
    app = asking(LATER, STAT)

    async def act(pilot: Pilot[Any]) -> None:
        await open_second(pilot)
        assert "shop/0001.py | 2 +-" in text_of(app)
        await pilot.press("escape")
        await settled(pilot)
        assert app.answers == []

    drive(app, act)


def test_a_shown_text_is_copied_and_saved(tmp_path: Path) -> None:
    app = asking(LATER, STAT)

    async def act(pilot: Pilot[Any]) -> None:
        (tmp_path / ".migwizard").mkdir()
        app.script.say(Event("project", State.PREFLIGHT, "x", {"name": "x", "root": str(tmp_path)}))
        await settled(pilot)
        await open_second(pilot)
        await pilot.press("y")
        await app.workers.wait_for_complete(w for w in app.workers if w.group == "copy")
        await settled(pilot)
        assert app.clipboard == "shop/0001.py | 2 +-"
        assert (tmp_path / ".migwizard" / "fake-stat.txt").read_text() == "shop/0001.py | 2 +-\n"
        said = "".join(str(note.message) for note in app._notifications)
        assert "Sent to the terminal's clipboard" in said and ".migwizard/fake-stat.txt" in said

    drive(app, act)


def test_a_question_mark_explains_the_dialog_which_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(explaining.EXPLAIN, "confirm", dialogs.TEXTS["confirm"])
    app = asking(LATER, SWAP)

    async def act(pilot: Pilot[Any]) -> None:
        await open_second(pilot)
        await pilot.press("question_mark")
        await settled(pilot)
        assert isinstance(app.screen, ExplainDialog) and "harmless" in text_of(app)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, ConfirmDialog) and ">[ Not yet ]" in text_of(app)
        assert app.answers == []

    drive(app, act)


def test_only_the_dialog_shows_an_arrow_and_the_focus_comes_back() -> None:
    app = asking(LATER, SWAP)

    async def act(pilot: Pilot[Any]) -> None:
        before = app.focused
        await open_second(pilot)
        assert text_of(app).count(">") == 1
        await pilot.press("escape")
        await settled(pilot)
        assert app.focused is before and ">(•) !! Swap 55 files" in text_of(app)

    drive(app, act)


@every_picture
def test_picture_of_a_confirm_dialog(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, asking(LATER, SWAP), size=size, theme=theme, act=open_second)


def test_picture_of_a_dialog_with_a_name(snap_compare: Compare) -> None:
    same_picture(snap_compare, asking(LATER, REMOTE), size=(80, 24), act=open_second)
