"""Welcome back: where it stands, what changed, and every way to go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from textual.pilot import Pilot

from migwizard.engine.previews import ResumePreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.tui.dialogs.confirm import ConfirmDialog
from migwizard.tui.dialogs.reader import ReaderDialog
from migwizard.tui.screens.resume import ResumeScreen
from migwizard.tui.widgets.decide import ChoiceList
from tests.tui.snapshots import Compare, every_picture, same_after_resize, same_picture
from tests.tui.support import NOON, drive, settled, text_of, wizard

THEN: datetime = NOON.astimezone() - timedelta(hours=3, minutes=4)
PREVIEW = ResumePreview(
    state="levels",
    when=THEN.isoformat(),
    done=("preflight", "graph", "levels", "generate"),
    decided=("6 apps", "orders first in its cycle", "9 verdicts"),
    changed=("models: orders: 1 field added (Order.note)", "git: 2 new commits"),
    stale=("levels", "generate", "seeds"),
    applied=False,
    seconds=20.4,
    stopped="seeds",
    staged=7,
)
CHOICES = (
    Choice("resume", "computes again what became stale", "Resume at Levels"),
    Choice("look", "every step, nothing can be changed", "Look only"),
    Choice("undo", "nothing was applied: only staging goes", "Undo and remove the checkpoint"),
    Choice("over", "sets 9 decisions aside; a copy is kept", "Start over", writes="the folder .migwizard"),
    Choice("changes", "models and commits since", "Show what changed", group="show", shows="+ orders.Order field note"),
)


def resume(**changes: Any) -> Question:
    return Question(
        "resume", State.LEVELS, "You have a reset in progress. Go on?", "", CHOICES, "resume", kind="review",
        default="resume", preview=replace(PREVIEW, **changes), details="+ orders.Order field note",
    )  # fmt: skip


def test_it_says_where_when_and_what_changed() -> None:
    app = wizard(resume())

    async def look(pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, ResumeScreen)
        shown = text_of(app)
        assert "Stopped at    Seeds, step 5 of 9, 3 hours ago (today 11:28)" in shown
        assert "Done          Preflight, Graph, Levels, Generate: 7 files in staging" in shown
        assert "Decided       6 apps, orders first in its cycle, 9 verdicts" in shown
        assert "Changed since ! models: orders: 1 field added (Order.note)" in shown
        assert "↻ Levels  ↻ Generate  ↻ Seeds, about 20 s; decisions are kept" in shown
        assert ">(•) Resume at Levels" in shown
        assert "welcome back" in shown
        assert app.screen.query_one("#ways", ChoiceList).has_focus
        await pilot.press("enter")
        await settled(pilot)

    drive(app, look)
    assert app.answers == ["resume"]


def test_many_changes_are_counted() -> None:
    app = wizard(resume(changed=tuple(f"models: app{number}: changed" for number in range(217))))

    async def look(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        assert "app4: changed" in shown
        assert "app5: changed" not in shown
        assert "+212 more" in shown
        assert "( ) Look only" in shown

    drive(app, look)


def test_nothing_changed() -> None:
    app = wizard(resume(changed=(), stale=()))

    async def look(pilot: Pilot[Any]) -> None:
        assert "Changed since nothing" in text_of(app)
        assert "So again" not in text_of(app)

    drive(app, look)


def test_start_over_asks_first() -> None:
    app = wizard(resume())

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.press("down", "down", "down", "enter")
        await settled(pilot)
        assert isinstance(app.screen, ConfirmDialog)
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == [], "Enter alone keeps everything"
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)

    drive(app, press)
    assert app.answers == ["over"]


def test_d_shows_what_changed() -> None:
    app = wizard(resume())

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.press("d")
        await settled(pilot)
        assert isinstance(app.screen, ReaderDialog)
        assert "orders.Order field note" in text_of(app)

    drive(app, press)
    assert app.answers == []


@every_picture
def test_pictures(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, wizard(resume()), size=size, theme=theme)


def test_picture_after_a_resize(snap_compare: Compare) -> None:
    same_after_resize(snap_compare, wizard(resume()))
