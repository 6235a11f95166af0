"""The screen of undo: acts newest first, what was looked at, and a way out that changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.six import APPS
from tests.tui.snapshots import every_picture, same_after_resize, same_picture
from tests.tui.support import drive, settled, text_of


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times are shown in the zone of the machine."""
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


async def to_undo(pilot: Pilot[Any]) -> None:
    await pilot.press("u")
    await settled(pilot)


def test_acts_stand_newest_first_with_their_times() -> None:
    app = APPS["undo"]()

    async def act(pilot: Pilot[Any]) -> None:
        await to_undo(pilot)
        shown = text_of(app)
        assert shown.index("14:52") < shown.index("14:48")
        assert "puts 55 rows back, same ids" in shown
        assert "✓ ok" in shown

    drive(app, act)


@pytest.mark.parametrize("key", ["enter", "escape"])
def test_the_first_choice_and_escape_keep_everything(key: str) -> None:
    app = APPS["undo"]()

    async def act(pilot: Pilot[Any]) -> None:
        await to_undo(pilot)
        await pilot.press(key)
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["undo", "keep"]


@pytest.mark.parametrize(("downs", "answer"), [(1, "undo-fake"), (2, "undo")])
def test_undoing_takes_a_dialog_with_the_safe_answer_first(downs: int, answer: str) -> None:
    app = APPS["undo"]()

    async def act(pilot: Pilot[Any]) -> None:
        await to_undo(pilot)
        await pilot.press(*["down"] * downs, "enter")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["undo"]
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["undo", answer]


def test_the_files_are_listed_on_d() -> None:
    app = APPS["undo"]()

    async def act(pilot: Pilot[Any]) -> None:
        await to_undo(pilot)
        await pilot.press("d")
        await settled(pilot)
        assert "+ apps/orders/migrations/0001_reset_initial.py" in text_of(app)

    drive(app, act)


def test_what_stands_in_the_way_is_marked_and_only_keep_is_left() -> None:
    app = APPS["undo-stop"]()

    async def act(pilot: Pilot[Any]) -> None:
        shown = " ".join(text_of(app).split())
        assert "× STOP Built on top: orders.0004_coupons" in shown
        assert "Undo Fake" not in shown

    drive(app, act)


def test_all_that_stands_in_the_way_is_read_in_a_small_terminal() -> None:
    app = APPS["undo-stop"]()

    async def act(pilot: Pilot[Any]) -> None:
        shown = " ".join(text_of(app).split())
        assert "Then remove or set aside apps/orders/migrations/0004_coupons.py, and undo;" in shown
        assert "✓ ok Files" in shown and "below" not in shown
        assert "Read it, with what can be done." in shown

    drive(app, act, (80, 24))


def test_where_not_all_of_it_fits_it_says_that_there_is_more_and_scrolls_to_the_end() -> None:
    """The room is shared out after each layout, and each may ask for another one."""
    app = APPS["undo-stop"]()

    async def still(pilot: Pilot[Any]) -> None:
        before = ""
        while before != text_of(app):
            before = text_of(app)
            await settled(pilot)

    async def act(pilot: Pilot[Any]) -> None:
        await still(pilot)
        assert "Looked at now: 13 more lines below (Shift+Tab, Down)" in text_of(app)
        await pilot.press("shift+tab")
        await settled(pilot)
        await pilot.press("down")
        await still(pilot)
        assert "12 more lines below" in text_of(app)
        await pilot.press("end")
        await still(pilot)
        shown = " ".join(text_of(app).split())
        assert "backed up" in shown and "below" not in shown

    drive(app, act, (60, 16))


def test_before_apply_there_is_nothing_to_undo() -> None:
    app = APPS["undo-nothing"]()

    async def act(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        assert "Nothing has changed in your project" in shown
        assert "What undo does" not in shown
        await pilot.press("enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["keep"]


@every_picture
def test_picture(size: tuple[int, int], theme: str, snap_compare: Any) -> None:
    same_picture(snap_compare, APPS["undo"](), size=size, theme=theme, act=to_undo)


def test_picture_after_a_resize(snap_compare: Any) -> None:
    same_after_resize(snap_compare, APPS["undo"](), act=to_undo)


@pytest.mark.parametrize("name", ["undo-stop", "undo-nothing"])
def test_other_pictures(name: str, snap_compare: Any) -> None:
    same_picture(snap_compare, APPS[name](), size=(80, 24))
