"""Where the focus is: seen once on a screen, kept where a question comes again, else on the main action."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from migwizard.engine.states import State
from migwizard.tui.screens.log import LogScreen
from migwizard.tui.standing import Standing
from migwizard.tui.widgets.choices import ChoiceBar, ChoiceButton
from migwizard.tui.widgets.decide import ChoiceList
from migwizard.tui.widgets.plantable import PlanTable
from tests.tui.recording import recorded
from tests.tui.refusing import failed
from tests.tui.support import SIZES, ScriptedApp, begin, drive, progress, settled, text_of, wizard

QUESTIONS = ("preflight", "graph", "levels", "generate", "seeds", "proof", "apply", "fake", "done")


def test_only_what_has_the_focus_shows_an_arrow() -> None:
    question = recorded("review:levels")
    app = wizard(begin(State.LEVELS), question)

    async def act(pilot: Pilot[Any]) -> None:
        for _ in range(4):
            arrows = [line for line in text_of(app).splitlines() if ">" in line]
            assert len(arrows) <= 1, arrows
            await pilot.press("tab")
            await settled(pilot)
        app.screen.query_one("#plan").focus()
        await settled(pilot)
        assert "\n> 0      user" in text_of(app) and " [ Generate" in text_of(app)
        app.screen.query_one(ChoiceBar).focus_choice()
        await settled(pilot)
        assert "\n· 0      user" in text_of(app) and ">[ Generate" in text_of(app)

    drive(app, act)


def test_a_question_asked_again_after_work_keeps_the_focus() -> None:
    app = wizard(begin(State.LEVELS), recorded("review:levels"), begin(State.LEVELS), recorded("review:levels"))

    async def act(pilot: Pilot[Any]) -> None:
        plan = app.screen.query_one(PlanTable)
        plan.focus()
        await pilot.press("down", "down")
        app.sent("out:orders")
        await settled(pilot)
        assert app.focused is plan and plan.cursor_row == 2

    drive(app, act)


def test_after_a_decision_the_main_action_has_the_focus() -> None:
    keep = recorded("keep:products.0016_search_index#0")
    app = wizard(begin(State.SEEDS), keep, recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        assert isinstance(app.focused, ChoiceList)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.focused, ChoiceButton) and app.focused.choice.key == "continue"

    drive(app, act)


def test_a_state_that_runs_again_shows_its_progress() -> None:
    seeds = recorded("review:seeds")
    running = progress(State.SEEDS, "old history", 23, 112, run="old", words="watching the old history")
    app = wizard(begin(State.SEEDS), seeds, begin(State.SEEDS), running)

    async def act(pilot: Pilot[Any]) -> None:
        app.sent("again")
        await pilot.pause(0.2)
        await settled(pilot)
        assert "watching the old history: 23 of 112" in text_of(app)

    drive(app, act)


def _marked(app: ScriptedApp, widget: Widget) -> set[str]:
    """What stands in the border and in the first column of a widget."""
    region, content = widget.region, widget.content_region
    rows = text_of(app).splitlines()[region.y : region.bottom]
    return {row[column : column + 1] for row in rows for column in (region.x, content.x)}


async def _tab_round(app: ScriptedApp, pilot: Pilot[Any], bar: str) -> set[str]:
    """Go through the parts of a screen; the names of those that were marked by the bar alone."""
    seen: list[Widget] = []
    barred = set()
    while app.focused is not None and app.focused not in seen:
        seen.append(app.focused)
        marks = _marked(app, app.focused)
        assert marks & {">", bar}, (app.focused, text_of(app))
        if ">" not in marks:
            barred.add(app.focused.id or type(app.focused).__name__)
        for other in app.screen.focus_chain:
            if other is not app.focused and not set(other.ancestors) & {app.focused}:
                assert not _marked(app, other) & {">", bar}, (app.focused, other, text_of(app))
        await pilot.press("tab")
        await settled(pilot)
    return barred


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", QUESTIONS)
def test_whatever_has_the_focus_shows_it_without_colours(name: str, size: tuple[int, int]) -> None:
    state = State(name)
    app = wizard(begin(state), recorded(f"review:{name}"))

    async def act(pilot: Pilot[Any]) -> None:
        barred = await _tab_round(app, pilot, "┃")
        assert size[0] == 80 or "ExplainPanel" in barred

    drive(app, act, size)


def test_the_bar_is_ascii_where_the_locale_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    app = wizard(begin(State.SEEDS), recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        assert "detail" in await _tab_round(app, pilot, "|")

    drive(app, act, (80, 24))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_text_to_read_shows_the_focus(size: tuple[int, int]) -> None:
    app = wizard(failed())

    async def act(pilot: Pilot[Any]) -> None:
        assert "┃" not in text_of(app)
        await pilot.press("d")
        await settled(pilot)
        assert app.focused is not None and app.focused.id == "reading"
        assert "┃" in _marked(app, app.focused)
        if app.screen.has_class("-tall"):
            await pilot.press("escape")
            await settled(pilot)
            assert "┃" not in text_of(app)

    drive(app, act, size)


def test_a_log_whose_cursor_was_scrolled_away_shows_the_focus(tmp_path: Path) -> None:
    (tmp_path / ".migwizard").mkdir()
    (tmp_path / ".migwizard" / "migwizard.log").write_text("".join(f"line {n}\n" for n in range(200)))
    app = wizard(recorded("review:levels"))

    async def act(pilot: Pilot[Any]) -> None:
        await app.push_screen(LogScreen(tmp_path, Standing()))
        await pilot.pause(0.2)
        await settled(pilot)
        assert app.focused is not None
        app.focused.scroll_to(y=0, animate=False, immediate=True)
        await settled(pilot)
        assert "line 0" in text_of(app) and _marked(app, app.focused) & {">", "┃"} == {"┃"}

    drive(app, act)
