"""The screen of graph: ticks, zoom, who points here, picture, search; small, large, and in every size."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.previews import GraphPreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.screens.graph import RETRY_SECONDS
from migwizard.tui.widgets.choices import ChoiceButton
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import Column, RowTable, fitting, middle
from tests.tui.big import big_graph
from tests.tui.recording import recorded
from tests.tui.snapshots import every_picture, same_after_resize, same_picture
from tests.tui.support import ScriptedApp, begin, drive, end, settled, text_of, wizard

APPS = "#apps"


def asked() -> Question:
    return recorded("review:graph")


def without(question: Question, *labels: str) -> Question:
    """The same question after these apps were left out."""
    preview = question.preview
    assert isinstance(preview, GraphPreview)
    apps = tuple(replace(app, takes_part=app.label not in labels) for app in preview.apps if app.can_change)
    count = sum(app.takes_part for app in apps)
    choices = [
        replace(choice, key=f"in:{choice.key[4:]}") if choice.key[4:] in labels else choice
        for choice in question.choices
    ]
    choices[0] = replace(choices[0], label=f"Continue with {count} apps")
    others = tuple(app for app in preview.apps if not app.can_change)
    return replace(question, choices=tuple(choices), preview=replace(preview, apps=(*apps, *others)))


def graph_app(*later: Question, first: Question | None = None) -> ScriptedApp:
    return wizard(begin(State.GRAPH), end(State.GRAPH), first or asked(), *later)


async def focus_apps(pilot: Pilot[Any], label: str = "orders") -> None:
    table = pilot.app.screen.query_one(APPS, RowTable)
    table.focus()
    table.go_to(label)
    await settled(pilot)


def test_enter_alone_goes_on() -> None:
    app = graph_app()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["continue"]


def test_space_leaves_an_app_out_and_the_cursor_stays() -> None:
    app = graph_app(without(asked(), "orders"))

    async def act(pilot: Pilot[Any]) -> None:
        await focus_apps(pilot)
        await pilot.press("space")
        await settled(pilot)
        table = pilot.app.screen.query_one(APPS, RowTable)
        assert table.current == "orders"
        assert table.has_focus
        assert "[ ] no       orders" in text_of(app)
        assert "Continue with 5 apps" in text_of(app)

    drive(app, act)
    assert app.answers == ["out:orders"]


def test_a_mark_leaves_the_focus_where_it_is() -> None:
    """The engine has not answered yet: until it has, nobody goes on."""
    app = graph_app()

    async def act(pilot: Pilot[Any]) -> None:
        button = app.focused
        assert isinstance(button, ChoiceButton) and button.choice.key == "continue"
        await pilot.press("space")
        await settled(pilot)
        assert app.focused is button
        await pilot.press("enter")
        await settled(pilot)
        assert "Your last mark is being looked at" in "".join(str(note.message) for note in app._notifications)

    drive(app, act)
    assert len(app.answers) == 1 and app.answers[0].startswith("out:")


def test_marks_made_while_the_engine_works_are_sent_one_after_the_other() -> None:
    app = graph_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_apps(pilot, "orders")
        await pilot.press("space", "down", "space")
        await settled(pilot)
        assert app.answers == ["out:orders"]
        assert text_of(app).count("[ ] no ...") == 2
        app.script.say(without(asked(), "orders"))
        await pilot.pause(RETRY_SECONDS * 2)
        await settled(pilot)
        assert app.answers == ["out:orders", "out:organizations"]
        app.script.say(without(asked(), "orders", "organizations"))
        await settled(pilot)
        assert "..." not in text_of(app).splitlines()[4]
        assert "Continue with 4 apps" in text_of(app)

    drive(app, act)


def test_a_mark_that_is_refused_goes_back_with_the_sentence() -> None:
    app = graph_app(replace(asked(), text="orders stays as it was. Its files are not committed."))

    async def act(pilot: Pilot[Any]) -> None:
        await focus_apps(pilot)
        await pilot.press("space")
        await pilot.pause(RETRY_SECONDS * 2)
        assert "[x] yes      orders" in text_of(app)
        assert "Its files are not committed." in text_of(app)

    drive(app, act)
    assert app.answers == ["out:orders"]


def test_the_last_app_cannot_be_left_out() -> None:
    labels = [app.label for app in preview_of(asked()).apps if app.takes_part and app.label != "orders"]
    app = graph_app(first=without(asked(), *labels))

    async def act(pilot: Pilot[Any]) -> None:
        await focus_apps(pilot)
        await pilot.press("space")
        await settled(pilot)

    drive(app, act)
    assert not app.answers


def preview_of(question: Question) -> GraphPreview:
    assert isinstance(question.preview, GraphPreview)
    return question.preview


def test_enter_zooms_into_an_app_and_escape_leaves_it() -> None:
    app = graph_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_apps(pilot)
        await pilot.press("enter")
        await settled(pilot)
        shown = text_of(app)
        assert "OrderLine" in shown
        assert "bootstrap" not in shown
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.screen.query_one(APPS, RowTable).current == "orders"
        assert "bootstrap" in text_of(app)

    drive(app, act)


def test_the_detail_says_who_points_at_a_model() -> None:
    app = graph_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_apps(pilot, "user")
        assert "pointed at by" in text_of(app)
        await pilot.press("w")
        await settled(pilot)
        assert "who points here" in text_of(app)
        assert "admin.LogEntry.user" in text_of(app)

    drive(app, act, size=(200, 60))


def test_v_shows_the_levels_with_cycles_named() -> None:
    app = graph_app()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("v")
        await settled(pilot)
        picture = pilot.app.screen.query_one("#picture", LineView)
        assert picture.has_focus
        assert any("cycle 1: these need each other" in line for line, _ in picture.lines)
        assert "Level 6" in text_of(app)
        await pilot.press("v")
        await settled(pilot)
        assert "bootstrap" in text_of(app)

    drive(app, act)


def test_search_moves_to_the_name_and_letters_are_text_in_the_field() -> None:
    app = graph_app()

    async def act(pilot: Pilot[Any]) -> None:
        await focus_apps(pilot, "bootstrap")
        await pilot.press("slash", *"ship")
        await settled(pilot)
        assert pilot.app.screen.query_one(APPS, RowTable).current == "shipment"
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.screen.query_one(APPS, RowTable).has_focus

    drive(app, act)
    assert not app.answers


def test_a_picture_is_saved_through_a_menu() -> None:
    app = graph_app(asked())

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("s")
        await settled(pilot)
        assert "Save picture as SVG" in text_of(app)
        await pilot.press("down", "enter")
        await settled(pilot)
        app.script.say(Event("saved", State.GRAPH, "Saved .migwizard/pictures/models.txt"))
        await settled(pilot)
        assert [note.message for note in app._notifications] == ["Saved .migwizard/pictures/models.txt."]

    drive(app, act)
    assert app.answers == ["save:text"]


def test_the_screen_stands_before_there_is_a_question() -> None:
    app = wizard(begin(State.GRAPH))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("space", "w", "v", "s", "n", "escape")
        await settled(pilot)
        assert "Loading the models" in text_of(app)

    drive(app, act)


def test_two_hundred_apps_are_smooth() -> None:
    """No more is asked than that nothing takes seconds, on a machine that may be busy."""
    question = replace(
        asked(),
        preview=big_graph(),
        choices=(Choice("continue", "", "Continue with 200 apps"), Choice("out:app_199", "", group="apps")),
    )
    app = graph_app(first=question)

    async def act(pilot: Pilot[Any]) -> None:
        await focus_apps(pilot, "app_000")
        began = time.process_time()
        await pilot.press("end", "slash", *"app_150", "enter", "enter")
        await settled(pilot)
        assert time.process_time() - began < 5
        assert "Model0150" in text_of(app)
        await pilot.press("v")
        await settled(pilot)
        assert "Only app_150" in text_of(app)

    drive(app, act, size=(120, 40))


def test_a_resize_keeps_focus_selection_and_scroll() -> None:
    app = graph_app(first=replace(asked(), preview=big_graph()))

    async def act(pilot: Pilot[Any]) -> None:
        await focus_apps(pilot, "app_120")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        await pilot.resize_terminal(200, 60)
        await settled(pilot)
        table = pilot.app.screen.query_one(APPS, RowTable)
        assert table.has_focus
        assert table.current == "app_120"
        assert "app_120" in text_of(app)

    drive(app, act, size=(200, 60))


def test_columns_give_way_from_the_greatest_drop_on_and_names_lose_their_middle() -> None:
    columns = (Column("a", "A", 10), Column("b", "B", 10, drop=1), Column("c", "C", 10, drop=2, flexible=True))
    assert [column.key for column, _ in fitting(columns, 38, {})] == ["a", "b", "c"]
    assert [column.key for column, _ in fitting(columns, 37, {})] == ["a", "b"]
    assert [column.key for column, _ in fitting(columns, 20, {})] == ["a"]
    assert fitting(columns, 100, {"c": 30})[-1][1] == 30
    assert middle("0002_reset_links_to_shipment", 13) == "0002_r…ipment"
    assert middle("organizations.0004 INSERT organizations_membership", 26) == "organizations.0004…bership"
    assert middle("organizations.0004 INSERT organizations_membership", 24) == "organizatio…s_membership"
    assert middle("short", 13) == "short"


@every_picture
def test_picture(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, graph_app(), size=size, theme=theme, act=focus_apps)


def test_picture_by_level(snap_compare: Callable[..., bool]) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("v")

    same_picture(snap_compare, graph_app(), size=(80, 24), act=act)


def test_picture_of_the_models_of_an_app(snap_compare: Callable[..., bool]) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await focus_apps(pilot, "products")
        await pilot.press("enter")

    same_picture(snap_compare, graph_app(), size=(120, 40), act=act)


def test_picture_after_a_resize(snap_compare: Callable[..., bool]) -> None:
    same_after_resize(snap_compare, graph_app(), act=focus_apps)


@pytest.mark.parametrize("width", [60, 79])
def test_narrow_windows_lose_columns_and_no_button(width: int) -> None:
    app = graph_app()

    async def act(pilot: Pilot[Any]) -> None:
        assert "Continue with 6 apps" in text_of(app)
        assert "organizations" in text_of(app)

    drive(app, act, size=(width, 24))
