"""The screen of apply: what it shows, where the focus is, and that nothing is swapped by Enter alone."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.tui.widgets.choices import ChoiceButton
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import RowTable
from tests.tui.recording import recorded
from tests.tui.six import APPS, at
from tests.tui.snapshots import every_picture, same_after_resize, same_picture
from tests.tui.support import begin, drive, progress, settled, text_of, wizard


def focused(pilot: Pilot[Any]) -> str:
    widget = pilot.app.focused
    return widget.choice.key if isinstance(widget, ChoiceButton) else type(widget).__name__


def test_reading_comes_first_and_enter_alone_swaps_nothing() -> None:
    app = APPS["apply"]()

    async def act(pilot: Pilot[Any]) -> None:
        assert focused(pilot) == "stat"
        for _ in range(4):
            await pilot.press("enter")
            await settled(pilot)
            await pilot.press("escape")
            await settled(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert "55 old migration files leave 6 apps" in " ".join(text_of(app).split())
        await pilot.press("enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == []


def test_the_swap_takes_a_second_answer_on_purpose() -> None:
    app = APPS["apply"]()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "enter")
        await settled(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["apply"]


def test_not_yet_leaves_by_its_button() -> None:
    app = APPS["apply"]()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "tab", "enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["later"]


def test_apps_counts_backup_and_proof_are_there() -> None:
    app = APPS["apply"]()
    shown: list[str] = []

    async def act(pilot: Pilot[Any]) -> None:
        shown.append(text_of(app))

    drive(app, act)
    for words in ("products              18       2", "- 55 out, + 12 in, 6 apps", "61 files, read back", "41 tables"):
        assert words in shown[0]


def test_detail_lists_the_files_of_the_focused_app() -> None:
    app = APPS["apply"]()

    async def act(pilot: Pilot[Any]) -> None:
        table = app.screen.query_one("#apps", RowTable)
        table.focus()
        table.go_to("orders")
        await pilot.press("d")
        await settled(pilot)
        names = [text for text, _ in app.screen.query_one("#detail", LineView).lines]
        assert names[0] == "- 0001_initial.py"
        assert names[-1] == "+ 0003_reset_sql.py"
        assert len(names) == 16

    drive(app, act)


def test_while_it_swaps_it_says_how_far_and_cannot_be_cancelled() -> None:
    app = wizard(begin(State.APPLY), progress(State.APPLY, "file 120 of 940", 120, 940, uncancellable=True))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)
        await settled(pilot)
        assert "file 120 of 940, cannot be stopped half way" in text_of(app)
        await pilot.press("c")
        await settled(pilot)

    drive(app, act)
    assert not app.script.cancelled


def test_afterwards_the_main_action_goes_on_and_back_asks_first() -> None:
    app = APPS["applied"]()

    async def act(pilot: Pilot[Any]) -> None:
        assert focused(pilot) == "continue"
        await pilot.press("b")
        await settled(pilot)
        assert "Take back the swap of 55 files" in text_of(app)
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == []
        await pilot.press("enter")
        await settled(pilot)

    drive(app, act)
    assert app.answers == ["continue"]


def test_totals_stay_on_the_screen_with_200_apps() -> None:
    app = APPS["apply-big"]()

    async def act(pilot: Pilot[Any]) -> None:
        assert "1600 out, + 200 in, 200 apps" in text_of(app)
        app.screen.query_one("#apps").focus()
        await pilot.press("end")
        await settled(pilot)
        assert "app_199" in text_of(app)
        assert "200 apps" in text_of(app)

    drive(app, act)


def test_shown_again_it_keeps_row_and_focus() -> None:
    app = at(State.APPLY, recorded("apply"), recorded("apply"))

    async def act(pilot: Pilot[Any]) -> None:
        table = app.screen.query_one("#apps", RowTable)
        table.focus()
        table.go_to("user")
        await settled(pilot)
        app.script.answer("back")
        await settled(pilot)
        assert table.current == "user"
        assert table.has_focus

    drive(app, act)


@every_picture
def test_picture(size: tuple[int, int], theme: str, snap_compare: Any) -> None:
    same_picture(snap_compare, APPS["apply"](), size=size, theme=theme)


def test_picture_after_a_resize(snap_compare: Any) -> None:
    same_after_resize(snap_compare, APPS["apply"]())


def test_picture_of_200_apps(snap_compare: Any) -> None:
    same_picture(snap_compare, APPS["apply-big"](), size=(80, 24))


def test_picture_of_a_swap_that_was_made(snap_compare: Any) -> None:
    same_picture(snap_compare, APPS["applied"](), size=(80, 24))
