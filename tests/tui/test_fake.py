"""The screen of fake: states in words, the dry run, what writes asks, and hundreds of databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from migwizard.engine.previews import FakePreview
from migwizard.engine.states import State
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import RowTable
from tests.tui.six import APPS, at, database, many_databases, review_fake, switch_question, three
from tests.tui.snapshots import every_picture, same_after_resize, same_picture
from tests.tui.support import begin, drive, progress, settled, text_of, wizard
from tests.tui.test_apply import focused


def detail(app: Any) -> str:
    return "\n".join(text for text, _ in app.screen.query_one("#detail", LineView).lines)


def test_states_stand_in_words_with_a_glyph() -> None:
    app = APPS["fake"]()

    async def act(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        for words in ("○ at old head", "· empty", "× 2 behind", "nothing to do", "refused, see below"):
            assert words in shown

    drive(app, act)


def test_a_dry_run_comes_first_and_leaves_the_focus_where_it_cannot_hurt() -> None:
    app = APPS["fake-dry"]()

    async def act(pilot: Pilot[Any]) -> None:
        assert focused(pilot) == "dry"
        await pilot.press("enter")
        await settled(pilot)
        assert "55 rows would go, 13 would come." in detail(app)
        assert focused(pilot) == "dry"
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert "55 rows of django_migrations go out" in " ".join(text_of(app).split())
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["dry"], "the dialog's safe answer has the focus"
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["dry", "switch"]


def test_a_database_elsewhere_wants_its_name() -> None:
    question = switch_question(database("default", local=False))
    choices = tuple(
        replace(choice, typed="default") if choice.key == "switch" else choice for choice in question.choices
    )
    app = at(State.FAKE, replace(question, choices=choices))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "enter")
        await settled(pilot)
        await pilot.press("tab", "tab", "enter")
        await settled(pilot)
        assert app.answers == []

    drive(app, act)


def test_the_row_in_focus_has_its_findings_and_cures() -> None:
    app = APPS["fake"]()

    async def act(pilot: Pilot[Any]) -> None:
        table = app.screen.query_one("#databases", RowTable)
        table.focus()
        await pilot.press("end")
        await settled(pilot)
        assert "Lacks: orders.0012_open_orders" in detail(app)
        assert "manage.py migrate --database archive" in " ".join(detail(app).split())

    drive(app, act)


def test_more_rows_than_files_are_explained_beside_the_number() -> None:
    why = "58 rows go out for 55 files: 3 rows recorded more than once."
    app = at(State.FAKE, switch_question(database("default", rows_out=58, why=why, untouched=1)))

    async def act(pilot: Pilot[Any]) -> None:
        shown = " ".join(detail(app).split())
        assert f"58 rows are exchanged for 13 {why} 1 row of other apps stays" in shown

    drive(app, act)


def test_no_database_can_be_reached_and_going_on_is_the_main_action() -> None:
    app = APPS["fake-none"]()

    async def act(pilot: Pilot[Any]) -> None:
        assert focused(pilot) == "continue"
        assert "× unreachable" in text_of(app)
        assert "cannot be switched" in text_of(app)
        await pilot.press("enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["continue"]


def test_240_databases_stand_in_one_row_and_unfold() -> None:
    app = APPS["fake-many"]()

    async def act(pilot: Pilot[Any]) -> None:
        table = app.screen.query_one("#databases", RowTable)
        assert table.row_count == 3
        assert "238 databases" in text_of(app)
        await pilot.press("x")
        await settled(pilot)
        assert table.row_count == 240
        assert table.current == "default"
        await pilot.press("x")
        await settled(pilot)
        assert table.row_count == 3

    drive(app, act)


def test_a_search_finds_one_of_many() -> None:
    app = APPS["fake-many"]()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("slash")
        await settled(pilot)
        app.screen.query_one("#search", Input).value = "t_123"
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        table = app.screen.query_one("#databases", RowTable)
        assert table.current == "tenant_123"
        assert table.has_focus

    drive(app, act)


def test_the_next_database_in_question_gets_the_cursor() -> None:
    from dataclasses import replace

    from migwizard.engine.previews import FakePreview

    first, second = switch_question(*three()), switch_question(*three())
    assert isinstance(second.preview, FakePreview)
    second = replace(second, id="switch:reports", preview=replace(second.preview, asked="reports"))
    app = at(State.FAKE, first, second)

    async def act(pilot: Pilot[Any]) -> None:
        app.script.answer("later")
        await settled(pilot)
        assert app.screen.query_one("#databases", RowTable).current == "reports"

    drive(app, act)


def test_back_after_a_switch_asks_first() -> None:
    app = APPS["faked"]()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("b")
        await settled(pilot)
        assert "Put 55 rows back into default" in text_of(app)
        await pilot.press("enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == []


def test_it_says_what_it_does() -> None:
    app = wizard(begin(State.FAKE), progress(State.FAKE, "default: switch, waits at most 10 s for others that write"))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)
        await settled(pilot)
        assert "waits at most 10 s" in text_of(app)

    drive(app, act)


@pytest.mark.parametrize("count", [11, 12])
def test_few_are_never_folded(count: int) -> None:
    app = at(State.FAKE, switch_question(*many_databases(count)))

    async def act(pilot: Pilot[Any]) -> None:
        assert app.screen.query_one("#databases", RowTable).row_count == (11 if count == 11 else 3)

    drive(app, act)


@every_picture
def test_picture(size: tuple[int, int], theme: str, snap_compare: Any) -> None:
    same_picture(snap_compare, APPS["fake"](), size=size, theme=theme)


def test_picture_after_a_resize(snap_compare: Any) -> None:
    same_after_resize(snap_compare, APPS["fake"]())


def test_a_place_that_is_cut_stands_whole_in_the_details() -> None:
    far = database("default", where="/srv/projects/of/the/shop/databases/archive.sqlite3, outside", local=False)
    app = wizard(begin(State.FAKE), switch_question(far, database("reports", where="r.sqlite3")))

    async def act(pilot: Pilot[Any]) -> None:
        assert f"Where     {far.where}" in detail(app)
        app.screen.query_one("#databases", RowTable).go_to("reports")
        await settled(pilot)
        assert "Where" not in detail(app)

    drive(app, act, size=(80, 24))


def test_a_database_that_was_switched_elsewhere_is_told_below_the_others() -> None:
    said = "default was switched when it was db.sqlite3, and no alias leads there now."
    question = review_fake(database("default"))
    assert isinstance(question.preview, FakePreview)
    app = wizard(begin(State.FAKE), replace(question, preview=replace(question.preview, elsewhere=(said,))))

    async def act(pilot: Pilot[Any]) -> None:
        assert said in " ".join(text_of(app).split())
        assert "1 database switched · u says what stops undo" in text_of(app)

    drive(app, act)


def test_what_was_done_is_not_said_to_happen_still() -> None:
    app = APPS["faked"]()

    async def act(pilot: Pilot[Any]) -> None:
        assert "done: 55 rows for 12" in text_of(app) and "will happen" not in text_of(app)

    drive(app, act)


def test_what_django_printed_is_folded_behind_what_it_comes_to() -> None:
    printed = "\n".join(f"  Apply all migrations: app_{number}" for number in range(30))
    line = database("default", says="is switched; confirmed by Django: nothing to apply", switched=True, said=printed)
    app = wizard(begin(State.FAKE), review_fake(line))

    async def act(pilot: Pilot[Any]) -> None:
        assert "confirmed by Django" in detail(app) and "app_7" not in detail(app)
        assert "printed 30 lines; d shows all of them" in detail(app)
        await pilot.press("d")
        await settled(pilot)
        assert detail(app).splitlines()[-1].strip() == "Apply all migrations: app_29"
        await pilot.press("end")
        await settled(pilot)
        assert "app_29" in text_of(app), "nothing is cut"
        await pilot.press("d")
        await settled(pilot)
        assert "app_7" not in detail(app)

    drive(app, act, size=(80, 24))


@pytest.mark.parametrize("name", ["faked", "fake-many", "fake-none", "fake-deviates", "fake-lacks"])
def test_other_pictures(name: str, snap_compare: Any) -> None:
    same_picture(snap_compare, APPS[name](), size=(80, 24))
