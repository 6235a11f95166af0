"""The frame in every size."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from migwizard.engine.states import State
from migwizard.engine.talk import Choice
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.choices import ChoiceBar, ChoiceButton
from migwizard.tui.widgets.decide import ChoiceList, first_focus
from tests.tui.recording import recorded
from tests.tui.snapshots import Compare, every_picture, same_after_resize, same_picture
from tests.tui.support import SIZES, ScriptedApp, begin, decide, drive, progress, review, settled, text_of, wizard

pytestmark = pytest.mark.usefixtures("plain_screens")

LEAVE = Choice("leave", "the new files build what the databases have now", "Leave it, same as before")
FOLD = Choice("fold", "makemigrations would add 2 fields, in one real migration", "Fold it in", writes="1 file")
APPS = tuple(Choice(f"out:app{n}", "its migrations stay as they are", f"Leave out app{n}", "apps") for n in range(60))
QUESTION = decide("drift", State.LEVELS, LEAVE, FOLD, *APPS, details="models.py\n- a\n+ b")


class ListStep(StepScreen):
    """A screen with a list of its own, as the screens of the ride have."""

    STATE = State.DONE

    def compose_main(self) -> Any:
        yield OptionList(*(f"row {number}" for number in range(300)), id="rows")


def asking() -> ScriptedApp:
    return wizard(begin(State.LEVELS), QUESTION)


def lines_of(app: ScriptedApp) -> list[str]:
    return text_of(app).splitlines()


def test_eighty_columns_hold_all_nine_steps() -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        lines = lines_of(app)
        assert lines[0].strip() == "✓ Preflight ✓ Graph ● Levels ○ Generate ○ Seeds ○ Proof ○ Apply ○ Fake ○ Done"
        assert lines[1].startswith("── Which one? ──") and lines[1].endswith("Step 3 of 9 ──")
        assert len(lines) == 24
        assert lines[-2].startswith(" Project: unchanged") and lines[-2].endswith("saved 14:32")
        assert lines[-1].strip() == "Enter choose  d detail  b back  ? explain  : all  q quit"

    drive(app, act)


def test_below_eighty_columns_the_stepper_is_a_sentence() -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        assert lines_of(app)[0].strip() == "Step 3 of 9: Levels"

    drive(app, act, size=(70, 24))


def test_short_windows_give_up_the_strip_first() -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        assert "? more" not in shown
        assert "Which one?" in shown and "Project: unchanged" in shown and "q quit" in shown

    drive(app, act, size=(80, 16))


@pytest.mark.parametrize(
    ("size", "lines"), [((80, 24), 0), ((120, 30), 0), ((120, 40), 3), ((160, 60), 3), ((200, 60), 8)]
)
def test_the_log_shows_its_end_where_there_is_room(size: tuple[int, int], lines: int) -> None:
    app = wizard(begin(State.LEVELS), *(progress(State.LEVELS, f"entry {n}") for n in range(9)), QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        assert text_of(app).count("entry") == lines

    drive(app, act, size=size)


def test_focus_selection_and_scroll_survive_resizing() -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("end", "enter")
        await settled(pilot)
        await pilot.press(*["down"] * 40)
        await settled(pilot)
        choices = app.screen.query_one(ChoiceList)
        before = (choices.marked, choices.scroll_offset, app.focused)
        assert choices.marked == "out:app39"
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert (choices.marked, app.focused) == (before[0], before[2])
        assert ">" in text_of(app) and "Leave out app39" in text_of(app)
        await pilot.resize_terminal(200, 60)
        await settled(pilot)
        assert (choices.marked, choices.scroll_offset, app.focused) == before

    drive(app, act, size=(200, 60))


@pytest.mark.parametrize(("rows", "classes"), [(24, set()), (40, {"-tall"}), (60, {"-tall", "-high"})])
def test_what_holds_for_tall_windows_holds_for_the_highest_too(rows: int, classes: set[str]) -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        assert app.screen.classes & {"-tall", "-high"} == classes
        await pilot.resize_terminal(120, 24)
        await settled(pilot)
        assert not app.screen.classes & {"-tall", "-high"}

    drive(app, act, size=(120, rows))


def test_the_focused_choice_is_the_safe_one() -> None:
    assert first_focus(QUESTION) == "leave"
    dangerous = decide("apply", State.APPLY, FOLD, LEAVE)
    assert first_focus(dangerous) == "leave"
    assert first_focus(decide("x", State.APPLY, FOLD)) is None


def test_groups_are_folded_until_they_are_entered() -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        assert "Apps: 60 more choices" in text_of(app)
        assert "Leave out app0" not in text_of(app)
        await pilot.press("end", "enter")
        await settled(pilot)
        assert "Leave out app0" in text_of(app)
        assert app.answers == []
        await pilot.press("down", "enter")
        await settled(pilot)
        assert app.answers == ["out:app0"]

    drive(app, act)


def test_details_open_and_close() -> None:
    app = asking()

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("d")
        await settled(pilot)
        assert "+ b" in text_of(app)
        await pilot.press("d")
        await settled(pilot)
        assert "+ b" not in text_of(app)
        assert isinstance(app.focused, ChoiceList)

    drive(app, act)


def test_the_same_question_again_keeps_the_marked_choice() -> None:
    app = wizard(begin(State.LEVELS), QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("down")
        await app.ask(decide("drift", State.LEVELS, LEAVE, FOLD, text="Again."))
        await settled(pilot)
        assert app.screen.query_one(ChoiceList).marked == "fold"

    drive(app, act)


def test_main_actions_are_buttons_and_keep_the_focus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migwizard.tui.app.screen_class", lambda name: ListStep)
    app = wizard(review(State.DONE, FOLD), review(State.DONE, FOLD, LEAVE))

    async def act(pilot: Pilot[Any]) -> None:
        assert ">[ Continue ]" in text_of(app)
        assert "[ !! Fold it in ... ]" in text_of(app)
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert app.answers == ["again"]
        focused = app.focused
        assert isinstance(focused, ChoiceButton) and focused.choice.key == "again"
        assert "Leave it, same as before" in text_of(app)

    drive(app, act)


def test_many_buttons_wrap_and_the_main_action_is_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migwizard.tui.app.screen_class", lambda name: ListStep)
    more = tuple(Choice(f"k{n}", "", f"Another rather long action {n}") for n in range(4))
    app = wizard(review(State.DONE, *more))

    async def act(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        assert "[ Continue ]" in shown
        for n in range(4):
            assert f"[ Another rather long action {n} ]" in shown

    drive(app, act)


def test_a_disabled_action_says_what_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Waiting(ListStep):
        def waits(self, question: Any) -> dict[str, str]:
            return {"continue": "1 verdict"}

    monkeypatch.setattr("migwizard.tui.app.screen_class", lambda name: Waiting)
    app = wizard(review(State.DONE))

    async def act(pilot: Pilot[Any]) -> None:
        assert "Continue  (waits for: 1 verdict)" in text_of(app)
        assert app.screen.query_one(ChoiceBar).query(ChoiceButton).first().disabled
        assert isinstance(app.focused, ChoiceButton) and app.focused.choice.key == "again"

    drive(app, act)


@every_picture
def test_picture_of_a_decision(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, asking(), size=size, theme=theme)


def test_picture_after_a_resize(snap_compare: Compare) -> None:
    same_after_resize(snap_compare, asking())


def test_picture_while_something_runs(snap_compare: Compare) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)

    app = wizard(begin(State.PROOF, 9.0), progress(State.PROOF, "old history: shop.0004_rates", 31, 47))
    same_picture(snap_compare, app, size=(80, 24), act=act)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_notice_hides_nothing(size: tuple[int, int]) -> None:
    """It takes rows of its own below the footer; explanation, buttons and status stay where they can be read."""
    app = wizard(begin(State.GRAPH), recorded("review:graph"))

    async def act() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await settled(pilot)
            below = [line for line in text_of(app).splitlines() if line.strip()][-5:]
            app.notify("1 old migration that others name has a new one that stands in.")
            await pilot.pause(0.1)
            shown = text_of(app).splitlines()
            assert "1 old migration that others name has a new one that stands in." in shown[-1]
            assert [line for line in shown[:-1] if line.strip()][-5:] == below

    asyncio.run(act())
