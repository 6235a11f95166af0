"""The list of old operations on Seeds: its order, its folds, what of it is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.pilot import Pilot
from textual.widgets import OptionList

from migwizard.engine.previews import SeedsPreview
from migwizard.tui.screens.folds import folded
from tests.tui.recording import recorded
from tests.tui.support import drive, settled, text_of
from tests.tui.test_seeds import DECISION, app_of, go, many, table_of


def test_undecided_rows_stand_first() -> None:
    app = app_of(recorded(DECISION))

    async def act(pilot: Pilot[Any]) -> None:
        assert table_of(app).cursor_row == 0

    drive(app, act)


def test_v_shows_one_verdict_after_the_other() -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        table = table_of(app)
        everything = table.row_count
        await pilot.press("v")
        await settled(pilot)
        assert 0 < table.row_count < everything and "[8 seed]" in text_of(app)
        for _ in range(4):
            await pilot.press("v")
        await settled(pilot)
        assert table.row_count == everything

    drive(app, act)


def test_a_search_shows_only_what_has_the_text() -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("slash", *"bootstrap", "enter")
        await settled(pilot)
        assert table_of(app).row_count == 2 and table_of(app).has_focus
        await pilot.press("escape")
        await settled(pilot)
        assert table_of(app).row_count == 19

    drive(app, act)


def test_a_long_list_is_folded_by_app_but_what_is_open() -> None:
    app = app_of(many())

    async def act(pilot: Pilot[Any]) -> None:
        table = table_of(app)
        assert table.row_count == 3 + 10, "three to decide, and ten apps"
        await go(pilot, app, "group:app5")
        await pilot.press("x")
        await settled(pilot)
        assert table.row_count == 3 + 10 + 11 and table.current == "group:app5"
        await pilot.press("enter")
        await settled(pilot)
        assert table.row_count == 3 + 10

    drive(app, act)


def test_n_goes_to_what_waits_for_a_person() -> None:
    app = app_of(many())

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, "group:app5")
        await pilot.press("n")
        await settled(pilot)
        assert table_of(app).current == "app0.0000_step#0"
        await pilot.press("n")
        await settled(pilot)
        assert table_of(app).current == "app1.0001_step#0"
        await pilot.press("p")
        await settled(pilot)
        assert table_of(app).current == "app0.0000_step#0"

    drive(app, act)


def test_nothing_to_judge_is_said() -> None:
    review = recorded("review:seeds")
    empty = replace(
        review, headline="No data operations. Tables only", preview=SeedsPreview((), (), ()), choices=review.choices[:2]
    )
    app = app_of(empty)

    async def act(pilot: Pilot[Any]) -> None:
        assert "No data operations. Tables only" in text_of(app)
        assert app.screen.query_one("#verdicts", OptionList).option_count == 0
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["continue"]

    drive(app, act)


def test_the_list_keeps_the_order_of_what_is_folded() -> None:
    rows = folded(
        ["b1", "a1", "b2"],
        key=str,
        group=lambda item: item[0],
        first=lambda item: item == "b2",
        unfolded={"b"},
        least=2,
    )
    assert [(row.key, row.is_group) for row in rows] == [
        ("b2", False), ("group:b", True), ("b1", False), ("group:a", True),
    ]  # fmt: skip


def test_the_focused_row_stays_in_sight_when_its_evidence_needs_more_room() -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, DECISION.partition(":")[2])
        table = table_of(app)
        app.screen.query_one("#right").styles.height = 12
        await settled(pilot)
        above = table.cursor_row - table.scroll_offset.y
        assert 0 <= above < table.scrollable_content_region.height - table.header_height

    drive(app, act)
