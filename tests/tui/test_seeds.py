"""The seeds' screen: what it shows of the engine's question, and what each key does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.previews import SeedLine, SeedsPreview
from migwizard.engine.process import Message
from migwizard.engine.proving.runs import NAMES
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.dialogs.explain import ExplainDialog
from migwizard.tui.screens.seeds import SeedsScreen
from migwizard.tui.screens.seeds_detail import evidence_lines, file_lines, ladder_lines
from migwizard.tui.widgets.choices import ChoiceBar
from migwizard.tui.widgets.decide import ChoiceList
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import RowTable
from tests.tui.ordering import offering
from tests.tui.recording import recorded
from tests.tui.snapshots import Compare, every_picture, same_after_resize, same_picture
from tests.tui.support import SIZES, ScriptedApp, begin, drive, progress, settled, text_of, wizard

DECISION = "keep:products.0016_search_index#0"
RATES = "orders.0004_rates#0"


def app_of(*messages: Message, **more: Any) -> ScriptedApp:
    return wizard(begin(State.SEEDS), *messages, **more)


def screen_of(app: ScriptedApp) -> SeedsScreen:
    assert isinstance(app.screen, SeedsScreen)
    return app.screen


def table_of(app: ScriptedApp) -> RowTable:
    return app.screen.query_one("#operations", RowTable)


async def go(pilot: Pilot[Any], app: ScriptedApp, operation: str) -> None:
    table_of(app).focus()
    assert table_of(app).go_to(operation)
    await settled(pilot)


def many(number: int = 112) -> Question:
    """A review of a large project: `number` operations in ten apps, three of them unclear."""
    lines = tuple(
        SeedLine(
            f"app{place % 10}.{place:04}_step#0", f"app{place % 10}", f"app{place % 10}.{place:04} step",
            "ask" if place < 3 else "seed" if place % 2 else "one-time", f"{place} rows" if place % 2 else "nothing",
            "moved" if place % 2 else "", f"It ran {place} statements.", "", f"def step():\n    return {place}", "",
            price="Dropped, they would be missing.",
        )
        for place in range(number)
    )  # fmt: skip
    review = recorded("review:seeds")
    choices = tuple(Choice(f"drop:{line.id}", line.price, group="verdicts") for line in lines)
    preview = SeedsPreview(lines, (), (), open=tuple(line.id for line in lines[:3]))
    return replace(review, preview=preview, choices=(*review.choices[:2], *choices))


def test_each_row_shows_verdict_what_it_left_and_how_it_is_kept() -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        lines = text_of(app).splitlines()
        row = next(line for line in lines if "orders.0004" in line)
        assert "✓ seed" in row and "3 rows" in row and "moved" in row
        assert any("- one-time" in line and "nothing" in line for line in lines)

    drive(app, act)


def test_d_goes_through_the_four_views() -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, RATES)
        shown = app.screen.query_one("#detail", LineView)
        texts = []
        for _ in range(4):
            texts.append("\n".join(text for text, _ in shown.lines))
            await pilot.press("d")
            await settled(pilot)
        assert "Left in orders_conversionrate" in texts[0]
        assert "INSERT INTO" in texts[1] and "dependencies" not in texts[1]
        assert "dependencies" in texts[2] and "│" in texts[2]
        assert "✓ moved" in texts[3]
        assert "\n".join(text for text, _ in shown.lines) == texts[0], "after the last view comes the first"

    drive(app, act, size=(120, 40))


def test_the_lines_of_the_operation_are_marked_in_the_seed_file() -> None:
    preview = recorded("review:seeds").preview
    assert isinstance(preview, SeedsPreview)
    line = next(line for line in preview.seeds if line.id == RATES)
    marked = [text for text, _ in file_lines(line, preview) if text.startswith("│")]
    assert marked and all("view" not in text.lower() for text in marked)
    assert "conversionrate" in " ".join(marked)


def test_a_failed_way_of_keeping_says_why() -> None:
    preview = recorded("review:seeds").preview
    assert isinstance(preview, SeedsPreview)
    line = next(line for line in preview.seeds if line.how == "as rows")
    told = [text for text, _ in ladder_lines(line, 200)]
    assert told[0].startswith("× moved") and len(told[0]) > 40
    assert any(text.startswith("✓ as rows") for text in told)
    assert "! " in "\n".join(text for text, _ in evidence_lines(line, 200))


def test_what_is_not_decided_is_not_said_to_be_left_out() -> None:
    preview = recorded(DECISION).preview
    assert isinstance(preview, SeedsPreview)
    line = next(line for line in preview.seeds if line.id == DECISION.removeprefix("keep:"))
    assert "You have not decided yet" in ladder_lines(line, 200)[0][0]
    assert "It is left out" in ladder_lines(replace(line, decided="drop"), 200)[0][0]


def test_enter_opens_the_verdicts_and_who_leaves_a_seed_out_goes_there() -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, RATES)
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == [], "the first Enter only opens"
        assert "new databases would lack 3 rows" in text_of(app).replace("\n", " ")
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == [], "the second one takes what counts already"
        await pilot.press("down", "enter")
        await settled(pilot)
        assert app.answers == [f"drop:{RATES}"]

    drive(app, act, size=(120, 40))


def test_the_verdict_that_counts_is_no_answer() -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, RATES)
        await pilot.press("enter", "down", "up", "enter")
        await settled(pilot)
        assert app.answers == []

    drive(app, act)


def test_what_cannot_be_kept_says_why_and_offers_nothing() -> None:
    review = recorded("review:seeds")
    assert isinstance(review.preview, SeedsPreview)
    line = next(line for line in review.preview.seeds if line.verdict == "one-time")
    stuck = replace(line, reason="cannot be kept as it is: The function is a lambda.")
    choices = tuple(choice for choice in review.choices if not choice.key.endswith(line.id))
    preview = replace(review.preview, seeds=tuple(stuck if each is line else each for each in review.preview.seeds))
    app = app_of(replace(review, preview=preview, choices=choices))

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, line.id)
        assert "The function is a lambda" in " ".join(text_of(app).split())
        assert screen_of(app)._topic_of_line(stuck) == "seeds.stuck"
        await pilot.press("enter")
        await settled(pilot)
        assert [str(note.message) for note in app._notifications] == [
            f"There is nothing to decide about this one: it {stuck.reason}"
        ]

    drive(app, act)


def test_escape_leads_from_the_verdicts_back_to_the_list() -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, RATES)
        await pilot.press("enter", "escape")
        await settled(pilot)
        assert table_of(app).has_focus and table_of(app).current == RATES

    drive(app, act)


def test_enter_alone_continues() -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["continue"]

    drive(app, act)


def test_shown_again_after_a_verdict_row_and_focus_stay() -> None:
    review = recorded("review:seeds")
    assert isinstance(review.preview, SeedsPreview)
    lines = tuple(
        replace(line, decided="drop", how="", file="") if line.id == RATES else line for line in review.preview.seeds
    )
    again = replace(review, preview=replace(review.preview, seeds=lines))
    app = app_of(review, begin(State.SEEDS), again)

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, RATES)
        await pilot.press("enter", "down", "enter")
        await settled(pilot)
        assert app.answers == [f"drop:{RATES}"]
        assert table_of(app).has_focus and table_of(app).current == RATES
        assert "- out by you" in text_of(app)

    drive(app, act)


@pytest.mark.parametrize("size", SIZES)
def test_a_decision_has_its_row_its_evidence_and_a_safe_choice(size: tuple[int, int]) -> None:
    app = app_of(recorded(DECISION))

    async def act(pilot: Pilot[Any]) -> None:
        text = " ".join(text_of(app).split())
        assert table_of(app).current == DECISION.partition(":")[2]
        assert "? decide" in text and "no statement ran" in text and "ran no statement here" in text
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["keep"], "a bare Enter is the safe choice"

    drive(app, act, size=size)


def test_rows_arrive_while_the_old_history_runs() -> None:
    app = app_of(
        Event("operation", State.SEEDS, RATES, {"id": RATES, "so_far": "3 rows inserted"}),
        progress(State.SEEDS, "Old history: 31 of 79", 31, 79, run="old", words="old history"),
    )

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)
        await settled(pilot)
        text = text_of(app)
        assert "● watched" in text and "3 rows inserted" in text and "31 of 79" in text
        app.script.say(Event("operation", State.SEEDS, RATES, {"id": RATES, "verdict": "seed", "left": "3 rows"}))
        await settled(pilot)
        assert "✓ seed" in text_of(app)

    drive(app, act)


def test_two_runs_beside_each_other_are_told_apart() -> None:
    first, second = NAMES["old"], NAMES["second"]
    app = app_of(progress(State.SEEDS, "Old history: 31 of 79", 31, 79, run="old", words=first))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)
        app.script.say(progress(State.SEEDS, "Old history: 12 of 79", 12, 79, run="second", words=second))
        await pilot.pause(0.2)
        await settled(pilot)
        text = text_of(app)
        assert "now  old history, first run: 31 of 79" in text
        assert "now  old history, second run with its clock set ahead: 12 of 79" in text
        app.script.say(Event("run", State.SEEDS, "Over", {"run": "old", "words": first}))
        await settled(pilot)
        text = text_of(app)
        assert "first run: 31" not in text and "second run with its clock set ahead: 12 of 79" in text

    drive(app, act)


def test_a_resize_keeps_row_view_and_focus() -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, RATES)
        await pilot.press("d")
        for size in ((80, 24), (200, 60)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert table_of(app).current == RATES and table_of(app).has_focus
            assert "[Source]" in text_of(app)

    drive(app, act, size=(200, 60))


@every_picture
def test_picture(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, RATES)

    same_picture(snap_compare, app, size=size, theme=theme, act=act)


@every_picture
def test_picture_of_a_decision(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, app_of(recorded(DECISION)), size=size, theme=theme)


def test_picture_after_a_resize(snap_compare: Compare) -> None:
    same_after_resize(snap_compare, app_of(recorded("review:seeds")))


def test_escape_from_the_details_of_a_decision_leads_back_to_its_choices() -> None:
    app = app_of(recorded(DECISION))

    async def act(pilot: Pilot[Any]) -> None:
        for keys in (("d",), ("escape",), ("n",), ("escape",)):
            await pilot.press(*keys)
            await settled(pilot)
        assert isinstance(app.focused, ChoiceList)
        assert table_of(app).current == DECISION.partition(":")[2]
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["keep"]

    drive(app, act)


@pytest.mark.parametrize("rows", (True, False))
def test_the_offer_of_dependencies_is_explained_with_its_price(rows: bool) -> None:
    question = offering()
    assert isinstance(question.preview, SeedsPreview)
    if not rows:
        question = replace(question, preview=replace(question.preview, seeds=()))
    app = app_of(question)

    async def look(pilot: Pilot[Any]) -> None:
        assert app.screen.query_one("#actions", ChoiceBar).focus_choice("precedence:yes")
        await settled(pilot)
        assert "orders after organizations" in text_of(app)
        assert screen_of(app).topic == "seeds.order"
        await pilot.press("question_mark")
        await settled(pilot)
        assert isinstance(app.screen, ExplainDialog)
        assert app.screen.explain.what.startswith(
            "Migrate renders 603 model classes instead of 754, but apps then depend"
        )
        assert "an order in which Django renders fewer" in app.screen.explain.what

    drive(app, look)


def test_once_they_are_there_the_other_button_is_explained() -> None:
    app = app_of(offering(added=True))

    async def look(pilot: Pilot[Any]) -> None:
        assert app.screen.query_one("#actions", ChoiceBar).focus_choice("precedence:no")
        await settled(pilot)
        assert screen_of(app).topic == "seeds.ordered"
        explained = screen_of(app).explanation()
        assert explained is not None
        assert "Each file depends on what it needs. Some new files" in explained.what

    drive(app, look)


def test_a_name_that_is_cut_stands_whole_before_the_evidence() -> None:
    app = app_of(recorded("review:seeds"))
    members = "organizations.0004_owners_become_members#0"
    seen: list[tuple[bool, bool]] = []

    async def act(pilot: Pilot[Any]) -> None:
        for operation in (members, "user.0004_users_into_offices#0"):
            await go(pilot, app, operation)
            whole = f"{members}: INSERT organizations_membership"
            seen.append(("organizations.0004…ns_membership" in text_of(app), whole in " ".join(text_of(app).split())))

    drive(app, act, size=(80, 24))
    assert seen == [(True, True), (True, False)]


def test_the_evidence_follows_the_width_of_its_pane() -> None:
    """It may get its width after the first lines were made for it, when all else stands."""
    app = app_of(recorded("review:seeds"))

    async def act(pilot: Pilot[Any]) -> None:
        await go(pilot, app, RATES)
        shown = app.screen.query_one("#detail", LineView)
        wide = shown.lines
        app.screen.query_one("#right").styles.width = 24
        await settled(pilot)
        assert len(shown.lines) > len(wide)
        app.screen.query_one("#right").styles.width = "100%"
        await settled(pilot)
        assert shown.lines == wide

    drive(app, act, size=(120, 40))
