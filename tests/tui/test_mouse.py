"""The mouse: what it does is what keys do, and nothing can be done by it alone."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.pilot import Pilot

from migwizard.tui.widgets.frame import Hints
from migwizard.tui.widgets.plantable import PlanTable
from tests.tui.support import ScriptedApp, drive, settled, text_of
from tests.tui.test_levels import ORDERS, PRODUCTS, big, in_other_order, levels_app


async def drag(pilot: Pilot[Any], start: int, *over: int, button: int = 1) -> None:
    """Hold the mouse on a row of the plan and carry it over others; the header is row 0."""
    await pilot.mouse_down(PlanTable, offset=(8, start))
    for row in over:
        await pilot._post_mouse_events([events.MouseMove], PlanTable, offset=(8, row), button=button)
    await settled(pilot)


def row_of(app: ScriptedApp, key: str) -> int:
    return list(app.screen.query_one(PlanTable)._rows).index(key) + 1


def test_the_mouse_drags_a_row_inside_its_cycle() -> None:
    app = levels_app(in_other_order())

    async def act(pilot: Pilot[Any]) -> None:
        products, first = row_of(app, PRODUCTS), row_of(app, ORDERS)
        await drag(pilot, products, products - 1, first)
        assert "Moving products: products → orders → shipment" in text_of(app)
        assert not app.answers
        await pilot.mouse_up(PlanTable, offset=(8, first))
        await settled(pilot)
        assert "moving" not in text_of(app)
        assert not app.screen.query_one("#orders").has_focus, "the end of a drag is no click"

    drive(app, act)
    assert app.answers == ["order:1=products,orders,shipment"]


def test_a_row_outside_of_a_cycle_is_not_dragged() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        returning = row_of(app, "orders/0002_reset_links")
        await drag(pilot, returning, returning - 1, returning - 2)
        assert "Moving" not in text_of(app)
        assert [str(note.message) for note in app._notifications] == [
            "Only the first file of an app that is in a cycle can be moved."
        ]

    drive(app, act)
    assert not app.answers


def test_a_mouse_without_a_button_drags_nothing() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        orders = row_of(app, ORDERS)
        await drag(pilot, orders, orders - 1, orders - 2, button=0)
        assert "Moving" not in text_of(app)

    drive(app, act)


def test_a_click_puts_the_cursor_on_a_row_and_a_hint_of_the_footer_is_a_button() -> None:
    app = levels_app()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.click(PlanTable, offset=(8, row_of(app, ORDERS)))
        await settled(pilot)
        table = app.screen.query_one(PlanTable)
        assert table.has_focus and table.current == ORDERS
        await pilot.click(Hints, offset=(text_of(app).splitlines()[-1].index("m move"), 0))
        await settled(pilot)
        assert "Moving orders" in text_of(app)

    drive(app, act)
    assert not app.answers


def test_a_long_plan_says_that_keys_move_a_row() -> None:
    app = big()

    async def act(pilot: Pilot[Any]) -> None:
        await drag(pilot, 1, 2, 3)
        assert "Moving" not in text_of(app)
        assert sum("m moves a row" in str(note.message) for note in app._notifications) == 1, "said once"

    drive(app, act)
