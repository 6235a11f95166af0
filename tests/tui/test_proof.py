"""The proof's screen: live runs, figures, differences and the certificate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.previews import ProofDifference, ProofPreview
from migwizard.engine.process import Message
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.screens.proof import ProofScreen
from migwizard.tui.screens.proof_detail import Run, difference_lines
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import RowTable
from tests.tui.recording import recorded
from tests.tui.snapshots import Compare, every_picture, same_after_resize, same_picture
from tests.tui.support import SIZES, ScriptedApp, begin, drive, progress, settled, text_of, wizard


def app_of(*messages: Message, **more: Any) -> ScriptedApp:
    return wizard(begin(State.PROOF), *messages, **more)


def table_of(app: ScriptedApp) -> RowTable:
    assert isinstance(app.screen, ProofScreen)
    return app.screen.query_one("#differences", RowTable)


def difference(number: int, kind: str = "row", table: str = "shop_rate") -> ProofDifference:
    sentence = f"The new history lacks a row of {table}, id={number}: name='x{number}'."
    key = f"difference:{kind}:{table}:id={number}:abc"
    return ProofDifference(
        number, sentence, "error", f"id={number}, name='x{number}'", "", "", key, kind, table, ("shop.0004_load#0",)
    )


def undecided(number: int) -> Question:
    """The question about the second of `number` differences in three tables."""
    review = recorded("review:proof")
    assert isinstance(review.preview, ProofPreview)
    items = tuple(difference(place, table=f"shop_t{place % 3}") for place in range(1, number + 1))
    figures = tuple((what, old, new, equal and what != "rows") for what, old, new, equal in review.preview.figures)
    preview = replace(review.preview, equal=False, settled=False, differences=items, text="", figures=figures)
    preview = replace(preview, operations=("", ""))
    return Question(
        items[1].id,
        State.PROOF,
        f"Old and new differ ({number} to decide)",
        items[1].sentence,
        (
            Choice("keep", "shop.0004_load#0 is kept again", "Keep it"),
            Choice("seeds", "nothing is decided; verdicts can be changed there", "Go back to Seeds"),
            Choice("accept", "the difference stays", "Accept it: noted by name"),
            Choice("all", "each is noted by name", "Accept all", group="other answers"),
        ),
        safe=None,
        preview=preview,
        details="OLD HISTORY\nid=2, name='x2'\n\nNEW HISTORY\n(nothing)\n",
    )


def accepted(number: int) -> Question:
    """The review of a proof whose differences were all accepted."""
    review, question = recorded("review:proof"), undecided(number)
    assert isinstance(question.preview, ProofPreview) and isinstance(review.preview, ProofPreview)
    items = tuple(replace(item, decision="accepted") for item in question.preview.differences)
    preview = replace(question.preview, settled=True, differences=items, text=review.preview.text)
    return replace(review, headline="Do old and new build the same database?", preview=preview)


def test_while_it_runs_again_the_headline_holds_no_old_verdict() -> None:
    running = progress(State.PROOF, "old history", 23, 47, run="old")
    app = wizard(begin(State.PROOF), recorded("review:proof"))

    async def act(pilot: Pilot[Any]) -> None:
        for said in ((), (begin(State.PROOF),), (running,)):
            assert text_of(app).splitlines()[1].startswith("── Equal")
            await pilot.press("r")
            for message in said:
                app.script.say(message)
            await pilot.pause(0.2)
            await settled(pilot)
            shown = text_of(app)
            assert shown.splitlines()[1].startswith("── Do old and new build the same database?")
            assert "equal" not in shown and "Certificate" not in shown
            assert "Both histories built the same" not in shown, "neither does the explanation"
            app.script.say(recorded("review:proof"))
            await settled(pilot)

    drive(app, act)


def test_both_histories_are_seen_while_they_run() -> None:
    old = progress(State.PROOF, "Old history", 23, 47, run="old", words="old history", seconds=4.6)
    app = app_of(old)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)
        await settled(pilot)
        assert "23 of 47, 4.6 s" in text_of(app) and "● now" in text_of(app) and "○ to do" in text_of(app)
        data = {"run": "old", "number": 47, "total": 47, "seconds": 9.8, "kept": False}
        app.script.say(Event("run", State.PROOF, "Old history, from zero: 9.8 s", data))
        await settled(pilot)
        assert "9.8 s" in text_of(app)

    drive(app, act, size=(120, 40))


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (Run(), "starting"),
        (Run(2, 47, 9.0), "2 of 47, 9.0 s"),
        (Run(23, 47, 1.9), "23 of 47, 1.9 s"),
        (Run(23, 46, 4.6), "23 of 46, 4.6 s, about 5 s left"),
        (Run(47, 47, 9.8, done=True), "9.8 s"),
        (Run(47, 47, 9.8, done=True, kept=True), "kept"),
    ],
)
def test_what_is_left_is_said_only_when_it_was_measured(run: Run, words: str) -> None:
    assert run.words() == words


def test_an_equal_proof_opens_its_certificate_and_continues_with_enter() -> None:
    app = app_of(recorded("review:proof"))

    async def act(pilot: Pilot[Any]) -> None:
        text = text_of(app)
        assert "Equal: old and new build the same database" in text
        assert "Certificate of equality" in text and "41, 177" in text and "says the same" in text
        row = next(line for line in text.splitlines() if "Old data operations" in line)
        assert "19" in row and "12 kept, 7 not" in row
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["continue"]

    drive(app, act)


@pytest.mark.parametrize("size", SIZES)
def test_a_difference_is_asked_beside_the_figures(size: tuple[int, int]) -> None:
    app = app_of(undecided(3))

    async def act(pilot: Pilot[Any]) -> None:
        text = text_of(app)
        assert "× differs" in text and "1 difference" not in text.replace("3 differences", "")
        assert "Accept it: noted by name" in text and "Go back to Seeds" in text
        assert table_of(app).current == difference(2, table="shop_t2").id
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["keep"], "what accepts a difference is never the first answer"

    drive(app, act, size=size)


def test_d_shows_both_definitions() -> None:
    app = app_of(undecided(3))

    async def act(pilot: Pilot[Any]) -> None:
        assert "NEW HISTORY" not in text_of(app)
        await pilot.press("d")
        await settled(pilot)
        assert "NEW HISTORY" in text_of(app)

    drive(app, act)


def test_d_shows_both_definitions_of_a_decided_difference_too() -> None:
    app = app_of(accepted(3))

    async def act(pilot: Pilot[Any]) -> None:
        table_of(app).focus()
        await pilot.press("down", "d")
        await settled(pilot)
        shown = "\n".join(text for text, _ in app.screen.query_one("#detail", LineView).lines)
        assert "- OLD HISTORY" in shown and "id=2" in shown and "accepted" in shown

    drive(app, act)


def test_s_saves_and_r_runs_again() -> None:
    app = app_of(recorded("review:proof"), recorded("review:proof"), recorded("review:proof"))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("s")
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert app.answers == ["save:report", "again"]

    drive(app, act)


def test_s_does_nothing_while_a_difference_is_open() -> None:
    app = app_of(undecided(3))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("s", "r")
        await settled(pilot)
        assert app.answers == []
        assert isinstance(app.screen, ProofScreen)
        assert app.screen.why_not("save")

    drive(app, act)


def test_v_switches_between_certificate_and_differences() -> None:
    app = app_of(accepted(3))

    async def act(pilot: Pilot[Any]) -> None:
        assert "Certificate of equality" not in text_of(app)
        await pilot.press("v")
        await settled(pilot)
        assert "Certificate of equality" in text_of(app)
        await pilot.press("v")
        await settled(pilot)
        assert "D1" in text_of(app)

    drive(app, act)


def test_three_hundred_differences_are_grouped() -> None:
    app = app_of(undecided(300))

    async def act(pilot: Pilot[Any]) -> None:
        table = table_of(app)
        assert table.row_count == 1 + 3, "the one that is asked, and three groups"
        table.focus()
        table.go_to("group:row shop_t0")
        await pilot.press("x")
        await settled(pilot)
        assert table.row_count == 1 + 3 + 100
        await pilot.press("n")
        await settled(pilot)
        assert table.current == difference(1, table="shop_t1").id, "the next open one, its group unfolded"

    drive(app, act)


def test_a_new_run_shows_the_runs_again() -> None:
    app = app_of(recorded("review:proof"), begin(State.PROOF))

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("r")
        await settled(pilot)
        assert "Build from zero" in text_of(app) and "Certificate of" not in text_of(app)

    drive(app, act)


def test_a_definition_of_many_lines_is_shown_whole() -> None:
    item = replace(difference(1), old="\n".join(f"line {place}" for place in range(50)))
    told = [text for text, _ in difference_lines(item, 60, whole=True)]
    assert "  line 49" in told
    assert any("nothing" in text for text in told[told.index("+ NEW HISTORY") :])


def test_a_resize_keeps_the_row() -> None:
    app = app_of(accepted(12))

    async def act(pilot: Pilot[Any]) -> None:
        table_of(app).focus()
        key = difference(7, table="shop_t1").id
        assert table_of(app).go_to(key)
        for size in ((80, 24), (200, 60)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert table_of(app).current == key and table_of(app).has_focus

    drive(app, act, size=(200, 60))


@every_picture
def test_picture(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, app_of(recorded("review:proof")), size=size, theme=theme)


@every_picture
def test_picture_of_a_difference(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, app_of(undecided(3)), size=size, theme=theme)


def test_picture_after_a_resize(snap_compare: Compare) -> None:
    same_after_resize(snap_compare, app_of(accepted(3)))
