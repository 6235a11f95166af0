"""A row of the plan that is carried to another place of its cycle by keys; test_mouse.py drags one."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from migwizard.tui.widgets.plantable import PlanTable
from tests.tui.support import drive, settled, text_of
from tests.tui.test_levels import ORDERS, PRODUCTS, big, focus_plan, in_other_order, levels_app


def test_a_row_is_moved_inside_its_cycle_and_dropped() -> None:
    app = levels_app(in_other_order())

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot, PRODUCTS)
        await pilot.press("m", "up")
        await settled(pilot)
        shown = text_of(app)
        assert "Moving products: products → orders → shipment" in shown
        rows = shown.splitlines()[4:]
        assert "products (moving)" in rows[1]
        assert rows[1].startswith(">"), "the cursor stays on the carried row"
        assert not app.answers
        await pilot.press("enter")
        await settled(pilot)
        assert "moving" not in text_of(app)

    drive(app, act)
    assert app.answers == ["order:1=products,orders,shipment"]


def test_a_carried_row_that_comes_back_to_its_place_answers_nothing() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot, PRODUCTS)
        await pilot.press("m", "up", "down", "enter")
        await settled(pilot)

    drive(app, act)
    assert not app.answers


def test_escape_puts_a_carried_row_back() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        before = text_of(app)
        await focus_plan(pilot)
        at_rest = text_of(app)
        assert before != at_rest
        await pilot.press("m", "down", "escape")
        await settled(pilot)
        assert text_of(app) == at_rest
        await pilot.press("down")
        await settled(pilot)
        assert pilot.app.screen.query_one(PlanTable).current != ORDERS, "arrows move the cursor again"

    drive(app, act)
    assert not app.answers


def test_only_the_first_file_of_an_app_in_a_cycle_can_be_moved() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_plan(pilot, "orders/0002_reset_links")
        await pilot.press("m", "down")
        await settled(pilot)
        assert "Moving" not in text_of(app)

    drive(app, act)


def test_a_row_of_a_long_plan_is_moved_among_all_files() -> None:
    app = big()

    async def act(pilot: Pilot[Any]) -> None:
        table = app.screen.query_one(PlanTable)
        await focus_plan(pilot, "app_001/0001_reset_initial")
        await pilot.press("m", "up")
        await settled(pilot)
        assert table.row_count == 219 and table.current == "app_001/0001_reset_initial"
        await pilot.press("escape")
        await settled(pilot)
        assert table.row_count == 31

    drive(app, act)
