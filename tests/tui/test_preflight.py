"""Preflight on the screen: lines as they are found, cures of what stands in the way, nothing lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from migwizard.engine.findings import EARLIER
from migwizard.engine.previews import PreflightPreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event
from migwizard.tui.dialogs.reader import ReaderDialog
from migwizard.tui.screens.preflight import PreflightScreen
from migwizard.tui.widgets.choices import ChoiceButton
from migwizard.tui.widgets.decide import ChoiceList
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import RowTable
from tests.tui.again import beside_an_earlier_reset
from tests.tui.recording import recorded
from tests.tui.refusing import two_stops
from tests.tui.snapshots import Compare, every_picture, same_after_resize, same_picture
from tests.tui.support import SIZES, ScriptedApp, begin, decide, drive, settled, text_of, wizard

READY = recorded("review:preflight")


def found(name: str, status: str = "ok", text: str = "fine") -> Event:
    return Event("finding", State.PREFLIGHT, text, {"name": name, "status": status, "detail": ""})


def looking(name: str) -> Event:
    return Event("progress", State.PREFLIGHT, f"looking at {name}", {"name": name, "number": 1, "total": 10})


def screen_of(app: ScriptedApp) -> PreflightScreen:
    assert isinstance(app.screen, PreflightScreen)
    return app.screen


def test_lines_arrive_as_they_are_found() -> None:
    app = wizard(begin(State.PREFLIGHT), found("Project", text="shop"), looking("Python"))

    async def look(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)
        shown = text_of(app)
        assert "✓ ok     Project    shop" in shown
        assert "● now    Python     looking ..." in shown
        app.script.say(found("Python", "note", "old"))
        await settled(pilot)
        assert "● now" not in text_of(app)
        assert "! note   Python     old" in text_of(app)

    drive(app, look)


def test_all_is_well_and_enter_goes_on() -> None:
    app = wizard(begin(State.PREFLIGHT), READY)

    async def press(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        assert "── Ready. Nothing stands in the way" in shown
        assert ">[ Continue ]" in shown
        await pilot.press("enter")
        await settled(pilot)

    drive(app, press)
    assert app.answers == ["continue"]


def test_r_looks_again() -> None:
    app = wizard(READY)

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.press("r")

    drive(app, press)
    assert app.answers == ["again"]


def test_new_checks_forget_the_old_ones() -> None:
    app = wizard(READY, begin(State.PREFLIGHT), found("Project"))

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.press("r")
        await settled(pilot)
        assert [finding.name for finding in screen_of(app).findings] == ["Project"]

    drive(app, press)


def test_a_stop_has_its_cures_in_focus() -> None:
    app = wizard(begin(State.PREFLIGHT), two_stops())

    async def press(pilot: Pilot[Any]) -> None:
        screen, shown = screen_of(app), text_of(app)
        assert "── 2 migration files are not committed" in shown
        assert "── Git: what you can do" in shown
        assert "· × STOP   Git" in shown
        assert "Continue  (waits for: no STOP)" in shown
        cures = screen.query_one("#cures", ChoiceList)
        assert cures.has_focus
        assert cures.marked == "files"
        button = next(button for button in screen.query(ChoiceButton) if button.choice.key == "continue")
        assert button.disabled
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ReaderDialog)
        assert "0011_auto_20240117.py" in app.screen.query_one(TextArea).text
        await pilot.press("escape")
        await settled(pilot)
        assert app.answers == [], "reading answers nothing"
        await pilot.press("down", "down", "enter")
        await settled(pilot)

    drive(app, press)
    assert app.answers == ["again"]


def test_another_stop_has_cures_of_its_own() -> None:
    app = wizard(two_stops())

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.press("escape", "down", "down")
        await settled(pilot)
        screen = screen_of(app)
        assert screen.query_one(RowTable).current == "Databases"
        assert "── Databases: what you can do" in text_of(app)
        assert "lacks orders.0011_auto" in text_of(app)
        await pilot.press("enter")
        await settled(pilot)
        cures = screen.query_one("#cures", ChoiceList)
        assert cures.has_focus
        assert cures.marked == "databases:steps"
        await pilot.press("down", "enter")
        await settled(pilot)

    drive(app, press)
    assert app.answers == ["databases:skip:default"]


def test_the_same_refusal_again_keeps_the_place() -> None:
    app = wizard(two_stops(), two_stops())

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.press("escape", "down", "down", "r")
        await settled(pilot)
        assert app.answers == ["again"]
        assert screen_of(app).query_one(RowTable).current == "Databases"

    drive(app, press)


def test_enter_on_a_line_without_cures_reads_it() -> None:
    app = wizard(READY)

    async def press(pilot: Pilot[Any]) -> None:
        screen_of(app).query_one(RowTable).focus()
        await pilot.press("home", "enter")
        await settled(pilot)
        assert isinstance(app.screen, ReaderDialog)
        assert "/home/ada/shop" in app.screen.query_one(TextArea).text

    drive(app, press)


def test_a_decision_stands_below_the_list() -> None:
    asked = decide(
        "drift", State.PREFLIGHT, Choice("leave", "later", "Leave it"), Choice("fold", "stop", "Fold it in"),
        text="makemigrations would write: orders: Add field note.",
    )  # fmt: skip
    app = wizard(begin(State.PREFLIGHT), found("Models", "note", "1 change that no migration has yet"), asked)

    async def press(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        assert "1 change that no migration has yet" in shown
        assert "makemigrations would write: orders: Add field note." in shown
        await pilot.press("enter")
        await settled(pilot)

    drive(app, press)
    assert app.answers == ["leave"]


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40), (160, 44), (200, 60)])
def test_every_finding_and_cure_is_seen_in_every_size(size: tuple[int, int]) -> None:
    app = wizard(two_stops())

    async def look(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        assert "× STOP" in shown
        assert ">(•) Show the files" in shown
        assert "[ Check again ]" in shown

    drive(app, look, size)


@every_picture
def test_pictures(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, wizard(begin(State.PREFLIGHT), two_stops()), size=size, theme=theme)


def test_picture_of_a_ready_project(snap_compare: Compare) -> None:
    same_picture(snap_compare, wizard(begin(State.PREFLIGHT), READY), size=(80, 24))


def test_picture_after_a_resize(snap_compare: Compare) -> None:
    same_after_resize(snap_compare, wizard(begin(State.PREFLIGHT), two_stops()))


@pytest.mark.parametrize("unreadable", [False, True])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_an_earlier_reset_is_told_whole(size: tuple[int, int], unreadable: bool) -> None:
    question = beside_an_earlier_reset(unreadable)
    app = wizard(begin(State.PREFLIGHT), question)

    async def look(pilot: Pilot[Any]) -> None:
        table = app.screen.query_one(RowTable)
        table.focus()
        table.go_to(EARLIER)
        await settled(pilot)
        assert isinstance(question.preview, PreflightPreview)
        finding = next(each for each in question.preview.findings if each.name == EARLIER)
        shown = text_of(app)
        assert f"! note   {EARLIER}" in shown
        row = next(line for line in shown.splitlines() if EARLIER in line and "note" in line)
        assert finding.text in row, "nothing of it is cut"
        read = " ".join(line for line, _ in app.screen.query_one("#lines", LineView).lines)
        assert read == finding.detail

    drive(app, look, size)


@every_picture
def test_picture_beside_an_earlier_reset(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        table = pilot.app.screen.query_one(RowTable)
        table.focus()
        table.go_to(EARLIER)
        await settled(pilot)

    app = wizard(begin(State.PREFLIGHT), beside_an_earlier_reset())
    same_picture(snap_compare, app, size=size, theme=theme, act=act)
