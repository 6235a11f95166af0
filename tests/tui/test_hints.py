"""The footer says what Enter does to what has the focus, and nothing where it does nothing."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from migwizard.engine.states import State
from migwizard.tui.screens.log import LogScreen
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.choices import ChoiceBar
from migwizard.tui.widgets.diff import DiffView
from migwizard.tui.widgets.frame import Hints
from migwizard.tui.widgets.rows import RowTable
from tests.tui.recording import recorded
from tests.tui.refusing import failed, two_stops
from tests.tui.support import ScriptedApp, begin, drive, settled, text_of, wizard


def enter_of(app: ScriptedApp) -> str:
    """What the footer promises of Enter."""
    (footer,) = (text_of(app).splitlines()[line.region.y] for line in app.screen.query(Hints))
    said = footer.split("Enter ")[1:]
    return said[0].split("  ")[0] if said else ""


@pytest.mark.parametrize(
    ("name", "part", "enter"),
    [
        ("preflight", "#findings", "detail"),
        ("preflight", "#lines", ""),
        ("graph", "#detail", ""),
        ("levels", "#detail", ""),
        ("generate", "#diff", ""),
        ("seeds", "#operations", "verdict"),
        ("seeds", "#verdicts", "choose"),
        ("seeds", "#detail", ""),
        ("proof", "#detail", ""),
        ("apply", "#apps", "detail"),
        ("fake", "#databases", "detail"),
        ("fake", "#detail", ""),
        ("done", "#left", ""),
    ],
)
def test_it_follows_the_focus(name: str, part: str, enter: str) -> None:
    app = wizard(begin(State(name)), recorded(f"review:{name}"))

    async def act(pilot: Pilot[Any]) -> None:
        assert enter_of(app) == "press", "the main action has the focus at first"
        app.screen.query_one(part).focus()
        await settled(pilot)
        assert enter_of(app) == enter
        app.screen.query_one(ChoiceBar).focus_choice()
        await settled(pilot)
        assert enter_of(app) == "press"

    drive(app, act)


def test_an_app_without_models_has_nothing_to_zoom_into() -> None:
    app = wizard(begin(State.GRAPH), recorded("review:graph"))

    async def act(pilot: Pilot[Any]) -> None:
        apps = app.screen.query_one("#apps", RowTable)
        apps.focus()
        for label, enter in (("bootstrap", ""), ("orders", "zoom")):
            apps.go_to(label)
            await settled(pilot)
            assert enter_of(app) == enter
        await pilot.press("enter")
        await settled(pilot)
        assert enter_of(app) == "", "a model opens nothing"

    drive(app, act)


def test_in_the_plan_it_follows_the_row_and_what_is_carried() -> None:
    app = wizard(begin(State.LEVELS), recorded("review:levels"))

    async def act(pilot: Pilot[Any]) -> None:
        plan = app.screen.query_one("#plan", RowTable)
        plan.focus()
        said = {}
        for _ in range(plan.row_count):
            await settled(pilot)
            said[plan.current] = enter_of(app)
            await pilot.press("down")
        in_cycle = next(key for key, enter in said.items() if enter == "orders")
        plan.go_to(in_cycle)
        await pilot.press("m")
        await settled(pilot)
        assert enter_of(app) == "drop"
        await pilot.press("escape")
        await settled(pilot)
        assert enter_of(app) == "orders"

    drive(app, act)


def test_in_the_diff_it_opens_a_folded_block_alone() -> None:
    app = wizard(begin(State.GENERATE), recorded("review:generate"))

    async def act(pilot: Pilot[Any]) -> None:
        diff = app.screen.query_one(DiffView)
        diff.focus()
        diff.action_move(next(n for n, line in enumerate(diff.lines) if line.hidden) - diff.cursor)
        await settled(pilot)
        assert enter_of(app) == "unfold"
        await pilot.press("enter")
        await settled(pilot)
        assert enter_of(app) == ""

    drive(app, act)


def test_at_a_decision_it_still_follows_the_focus() -> None:
    app = wizard(begin(State.SEEDS), recorded("keep:products.0016_search_index#0"))

    async def act(pilot: Pilot[Any]) -> None:
        assert enter_of(app) == "choose"
        app.screen.query_one("#operations").focus()
        await settled(pilot)
        assert enter_of(app) == "choices"

    drive(app, act)


def test_of_a_finding_that_has_cures() -> None:
    app = wizard(begin(State.PREFLIGHT), two_stops())

    async def act(pilot: Pilot[Any]) -> None:
        assert enter_of(app) == "choose"
        app.screen.query_one("#findings").focus()
        await settled(pilot)
        assert enter_of(app) == "cures"
        await pilot.press("home")
        await settled(pilot)
        assert enter_of(app) == "detail"

    drive(app, act)


def test_while_a_text_is_read_or_the_engine_works_enter_does_nothing() -> None:
    app = wizard(failed())

    async def act(pilot: Pilot[Any]) -> None:
        assert enter_of(app) == "choose"
        await pilot.press("d")
        await settled(pilot)
        assert enter_of(app) == ""
        await pilot.press("escape")
        app.screen.query_one("#cures", OptionList).focus()
        app.sent("again")
        await settled(pilot)
        assert enter_of(app) == ""

    drive(app, act)


@pytest.mark.parametrize("name", ["preflight", "levels", "generate", "proof"])
def test_while_something_runs_nothing_is_offered_that_needs_its_end(name: str) -> None:
    app = wizard(begin(State(name)), recorded(f"review:{name}"), begin(State(name)))

    async def act(pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, StepScreen)
        own = [command for command in app.screen.ACTS if command.changes and command.footer]
        assert any(f" {command.words}" in text_of(app).splitlines()[-1] for command in own)
        app.sent("again")
        await settled(pilot)
        footer = text_of(app).splitlines()[-1]
        assert footer.startswith(" c cancel") and not any(f" {command.words}" in footer for command in own), footer

    drive(app, act, (120, 40))


def test_in_the_log() -> None:
    app = wizard(begin(State.GENERATE), recorded("review:generate"))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("l")
        await settled(pilot)
        assert isinstance(app.screen, LogScreen) and enter_of(app) == "open"
        await pilot.press("slash")
        await settled(pilot)
        assert enter_of(app) == "search"

    drive(app, act)
