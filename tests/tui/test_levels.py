"""The screen of levels: orders of a cycle, moving a row, names, the models by level; small, large, and in every size."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from migwizard.engine.previews import LevelsPreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.tui.screens.levels import LevelsScreen
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.plantable import PlanTable
from tests.tui.big import big_levels
from tests.tui.recording import recorded
from tests.tui.snapshots import every_picture, same_after_resize, same_picture
from tests.tui.support import SIZES, ScriptedApp, begin, drive, end, settled, text_of, wizard

ORDERS = "orders/0001_reset_initial"
PRODUCTS = "products/0001_reset_initial"


def asked() -> Question:
    return recorded("review:levels")


def preview_of(question: Question) -> LevelsPreview:
    assert isinstance(question.preview, LevelsPreview)
    return question.preview


def in_other_order() -> Question:
    """The question after `products` was taken as the first of cycle 1, as far as a screen needs it."""
    question = asked()
    orders = tuple(
        replace(order, chosen=order.apps[0] == "products") if order.cycle == 1 else order
        for order in preview_of(question).orders
    )
    preview = replace(preview_of(question), orders=orders, changed="8 schema files, 6 parts wait (+1)", waiting=6)
    back = Choice("recommended", "", "Back to recommended")
    return replace(question, preview=preview, choices=(question.choices[0], back, *question.choices[1:]))


def levels_app(*later: Question, first: Question | None = None) -> ScriptedApp:
    return wizard(begin(State.LEVELS), end(State.LEVELS), first or asked(), *later)


def test_what_is_kept_on_top_is_told() -> None:
    lines = ("1 migration kept on top since v2.3:", "  orders.0013_count_lines")
    question = replace(asked(), preview=replace(preview_of(asked()), kept=lines, on_top=1))
    app = levels_app(first=question)

    async def look(pilot: Pilot[Any]) -> None:
        assert "7 schema files, 5 parts wait, 1 kept on top" in text_of(app)
        await pilot.press("v", "end")
        await settled(pilot)
        assert "orders.0013_count_lines" in text_of(app)

    drive(app, look)


async def focus_plan(pilot: Pilot[Any], key: str = ORDERS) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, LevelsScreen)
    screen.query_one(PlanTable).focus()
    screen.go_to(key)
    await settled(pilot)


def test_enter_alone_generates() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["continue"]


def test_what_waits_where_it_returns_and_what_else_it_would_cost_can_be_read_at_80x24() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot, "user/0001_reset_initial")
        shown = text_of(app)
        assert "Cycle 2: organizations and user need each other" in shown
        assert "~ user.user.office" in shown
        assert "↳ returns in user/0002_reset_links_to_organizations, level 2" in shown
        assert "recommended: fewest files" in shown
        assert "+2 wait" in shown

    drive(app, act)


def test_enter_on_a_file_of_a_cycle_leads_to_its_orders_and_enter_takes_one() -> None:
    app = levels_app(in_other_order())

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot)
        await pilot.press("enter")
        await settled(pilot)
        orders = pilot.app.screen.query_one("#orders", OptionList)
        assert orders.has_focus
        await pilot.press("down", "down", "enter")
        await settled(pilot)
        assert orders.has_focus, "the focus stays over the new plan"
        assert orders.highlighted == 2
        assert "8 schema files, 6 parts wait (+1)" in text_of(app)
        assert "Back to recommended" in text_of(app)
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.screen.query_one(PlanTable).current == ORDERS

    drive(app, act)
    assert app.answers == ["order:1:products"]


def test_the_chosen_order_is_not_taken_again() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot)
        await pilot.press("enter", "enter")
        await settled(pilot)

    drive(app, act)
    assert not app.answers


def test_space_leaves_the_app_out() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot)
        await pilot.press("space")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["out:orders"]


@pytest.mark.parametrize("key", ["space", "m", "e", "t"])
def test_the_hidden_plan_is_left_alone_while_the_models_are_shown(key: str) -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot)
        await pilot.press("v", key)
        await settled(pilot)
        assert "v leads to the plan" in "".join(str(note.message) for note in app._notifications)
        assert isinstance(pilot.app.screen, LevelsScreen)
        await pilot.press("v")
        await settled(pilot)
        assert "Moving" not in text_of(app)

    drive(app, act)
    assert app.answers == []


def test_e_asks_for_a_name() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot)
        await pilot.press("e")
        await settled(pilot)
        assert pilot.app.screen.query(Input)
        await pilot.press(*"base", "enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == [f"name:{ORDERS}=base"]


def test_t_goes_to_the_file_in_which_it_returns() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot, "user/0001_reset_initial")
        await pilot.press("t")
        await settled(pilot)
        assert pilot.app.screen.query_one(PlanTable).current == "user/0002_reset_links_to_organizations"

    drive(app, act)


def test_a_name_that_is_cut_stands_whole_above_the_details() -> None:
    app, seen = levels_app(), list[bool]()

    async def act(pilot: Pilot[Any]) -> None:
        for key in (ORDERS, "user/0002_reset_links_to_organizations"):
            await focus_plan(pilot, key)
            seen.append(f"── {key}, cycle" in text_of(app))

    drive(app, act, size=(80, 24))
    assert seen == [False, True]


def test_v_shows_the_models_by_level_and_back() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("v")
        await settled(pilot)
        assert pilot.app.screen.query_one("#bylevel", LineView).has_focus
        shown = text_of(app)
        assert "v plan" in shown
        assert "[cycle 1]" in shown
        await pilot.press("v")
        await settled(pilot)
        assert "Cost now 7 schema files" in text_of(app) and "[cycle 1]" not in text_of(app)

    drive(app, act)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_what_the_plan_costs_is_never_cut(size: tuple[int, int]) -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        assert "62 % less work for migrate" in text_of(app)

    drive(app, act, size)


def test_a_refusal_is_said_and_the_plan_stays() -> None:
    files = len(preview_of(asked()).files)
    why = f"{files} files cannot be named alike."
    app = levels_app(replace(asked(), text=why, refused=True))

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot, PRODUCTS)
        await pilot.press("m", "up", "enter")
        await settled(pilot)
        assert why in text_of(app)
        assert pilot.app.screen.query_one(PlanTable).current == PRODUCTS

    drive(app, act)


def test_the_screen_stands_before_there_is_a_question() -> None:
    app = wizard(begin(State.LEVELS))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("m", "space", "v", "e", "t", "escape", "v")
        await settled(pilot)
        assert "Planning" in text_of(app)

    drive(app, act)


def test_two_hundred_apps_and_1500_models_are_smooth() -> None:
    """No more is asked than that nothing takes seconds, on a machine that may be busy."""
    app = levels_app(first=replace(asked(), preview=big_levels(), text="219 files, 19 parts wait."))

    async def act(pilot: Pilot[Any]) -> None:
        began = time.process_time()
        await focus_plan(pilot, "app_150/0001_reset_initial")
        await pilot.press("home", "enter", "end", "escape", "end", "v", "end")
        await settled(pilot)
        assert time.process_time() - began < 5
        assert "Model1499" in text_of(app)

    drive(app, act, size=(120, 40))


def big() -> ScriptedApp:
    return levels_app(first=replace(asked(), preview=big_levels()))


def test_a_long_plan_shows_its_levels_and_opens_one() -> None:
    app = big()

    async def act(pilot: Pilot[Any]) -> None:
        table = app.screen.query_one(PlanTable)
        assert table.row_count == 21, "levels 0 to 19, and 30"
        table.focus()
        await settled(pilot)
        shown = text_of(app)
        assert "> ▸ 0" in shown and "10 files" in shown and "app_000 .. app_009" in shown and "~ 10" in shown
        assert "Level 0; x opens and closes it" in shown and "~ 10 parts wait" in shown
        await pilot.press("x", "down")
        await settled(pilot)
        assert table.row_count == 31 and table.current == "app_000/0001_reset_initial"
        assert "▾ 0" in text_of(app)
        await pilot.press("up", "enter")
        await settled(pilot)
        assert table.row_count == 21 and table.current == "group:0"

    drive(app, act)
    assert not app.answers


def test_t_opens_the_level_it_leads_to() -> None:
    app = big()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot, "app_003/0001_reset_initial")
        await pilot.press("t")
        await settled(pilot)
        assert app.screen.query_one(PlanTable).current == "app_003/0002_reset_links"

    drive(app, act)


def test_a_short_plan_is_shown_whole() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot)
        before = app.screen.query_one(PlanTable).row_count
        await pilot.press("x")
        await settled(pilot)
        assert app.screen.query_one(PlanTable).row_count == before == len(preview_of(asked()).files)
        assert "x does nothing now: the plan is short and shown as a whole" in text_of(app)

    drive(app, act)


def test_a_resize_keeps_focus_selection_and_order() -> None:
    app = levels_app(first=replace(asked(), preview=big_levels()))

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot, "app_007/0001_reset_initial")
        await pilot.press("enter", "down", "down")
        for size in ((80, 24), (200, 60)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
        orders = pilot.app.screen.query_one("#orders", OptionList)
        assert orders.has_focus
        assert orders.highlighted == 2
        assert pilot.app.screen.query_one(PlanTable).current == "app_007/0001_reset_initial"

    drive(app, act, size=(200, 60))


@every_picture
def test_picture(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, levels_app(), size=size, theme=theme, act=focus_plan)


def test_picture_of_the_models_by_level(snap_compare: Callable[..., bool]) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("v")

    same_picture(snap_compare, levels_app(), size=(80, 24), act=act)


def test_picture_while_a_row_is_moved(snap_compare: Callable[..., bool]) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot)
        await pilot.press("m", "up")

    same_picture(snap_compare, levels_app(), size=(120, 40), act=act)


def test_picture_after_a_resize(snap_compare: Callable[..., bool]) -> None:
    same_after_resize(snap_compare, levels_app(), act=focus_plan)
