"""A refusal is a menu: what, what is unchanged, cures with what they do; everything is in the table."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from migwizard.engine.options import Opening
from migwizard.engine.previews import RefusalPreview
from migwizard.engine.refusals import question_of
from migwizard.engine.refusals.headlines import HEADLINES
from migwizard.engine.refusals.table import CURES
from migwizard.engine.talk import Choice, Question
from migwizard.errors import MigwizardError
from migwizard.tui.screens.refusal import RefusalScreen
from migwizard.tui.widgets.decide import ChoiceList
from migwizard.words.explain.refusal import TEXTS
from tests.project.support import project_at
from tests.tui.refusals import EXAMPLES
from tests.tui.refusing import failed, locked, not_loaded, refusal
from tests.tui.snapshots import Compare, every_picture, same_after_resize, same_picture
from tests.tui.support import drive, settled, text_of, wizard


def test_it_says_what_where_and_that_nothing_is_lost() -> None:
    app = wizard(not_loaded())

    async def look(pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, RefusalScreen)
        shown = text_of(app)
        assert "── Your settings stopped the start" in shown
        assert "Step 1 of 9" in shown
        assert "× config/settings/dev.py, line 41: called sys.exit(1)." in shown
        assert "✓ Your project is unchanged, and nothing is lost." in shown
        assert "Nothing was changed" not in shown, "said once"
        assert "( ) Quit, keep everything" in shown
        assert app.screen.query_one("#cures", ChoiceList).has_focus

    drive(app, look)


def test_a_cure_that_wants_a_text_asks_for_it() -> None:
    app = wizard(not_loaded())

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        await settled(pilot)
        app.screen.query_one(Input).value = "/srv/venv/bin/python"
        await pilot.press("enter")
        await settled(pilot)
        if not app.answers:
            await pilot.press("tab", "enter")
            await settled(pilot)

    drive(app, press)
    assert app.answers == ["python=/srv/venv/bin/python"]


def test_escape_from_the_text_answers_nothing() -> None:
    app = wizard(not_loaded())

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, RefusalScreen)

    drive(app, press)
    assert app.answers == []


def test_back_is_not_offered_where_the_menu_has_none() -> None:
    app = wizard(refusal("folder-gone"))

    async def press(pilot: Pilot[Any]) -> None:
        assert "b back" not in text_of(app) and "q quit" in text_of(app)
        await pilot.press("b")
        await settled(pilot)
        assert "b does nothing now: the choices on the screen are all there is" in text_of(app)
        assert "nothing is lost" not in text_of(app)

    drive(app, press)
    assert app.answers == []


def test_back_leads_on_where_the_menu_has_it() -> None:
    app = wizard(next(question for code in EXAMPLES if (question := refusal(code)).choice("back") is not None))

    async def press(pilot: Pilot[Any]) -> None:
        assert "b back" in text_of(app)
        await pilot.press("b")
        await settled(pilot)

    drive(app, press)
    assert app.answers == ["back"]


@pytest.mark.parametrize(
    ("code", "answer"), [("plan", "to:graph"), ("unexplained", "to:levels"), ("not-equal", "to:seeds")]
)
def test_back_leads_to_the_step_that_the_menu_names(code: str, answer: str) -> None:
    app = wizard(refusal(code))

    async def press(pilot: Pilot[Any]) -> None:
        assert "b back" in text_of(app)
        await pilot.press("b")
        await settled(pilot)

    drive(app, press)
    assert app.answers == [answer]


def test_d_opens_the_details_and_closes_them() -> None:
    app = wizard(failed())

    async def press(pilot: Pilot[Any]) -> None:
        assert "the fault" not in text_of(app)
        await pilot.press("d")
        await settled(pilot)
        assert isinstance(app.screen, RefusalScreen)
        assert app.screen.query_one("#reading", TextArea).has_focus
        assert "ValueError: the fault" in text_of(app)
        await pilot.press("d")
        await settled(pilot)
        assert app.screen.query_one("#cures", ChoiceList).has_focus
        assert "the fault" not in text_of(app)

    drive(app, press)


@pytest.mark.parametrize(
    ("details", "at_once"),
    [
        ("(fields.E304) clashes with a reverse accessor", True),
        ("Traceback (most recent call last):\n  File\nValueError: the fault", False),
        ("(fields.E304) clashes\n\nTraceback (most recent call last):\n  File\nValueError: the fault", False),
    ],
)
def test_a_tall_window_shows_the_details_at_once_but_no_traceback(details: str, at_once: bool) -> None:
    app = wizard(replace(failed(), details=details))

    async def look(pilot: Pilot[Any]) -> None:
        last = details.splitlines()[-1]
        assert (last in text_of(app)) is at_once
        if not at_once:
            await pilot.press("d")
            await settled(pilot)
            assert last in text_of(app), "it is there for whoever asks"

    drive(app, look, (120, 40))


def test_the_same_refusal_again_keeps_the_marked_cure() -> None:
    app = wizard(locked(), locked())

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.press("down", "enter")
        await settled(pilot)
        assert app.answers == ["wait"]
        assert app.screen.query_one("#cures", ChoiceList).marked == "wait"

    drive(app, press)


@pytest.mark.parametrize("code", sorted({*CURES, *HEADLINES, "never-heard-of"}))
def test_every_code_has_a_headline_a_cure_and_a_way_out(code: str, tmp_path: Path) -> None:
    (tmp_path / ".migwizard").mkdir()
    error = MigwizardError("Database 'archive' did something. Nothing was changed.", code=code)
    question = question_of(error, Opening(), project_at(tmp_path))
    assert 0 < len(question.headline) <= 60
    assert question.id == f"refusal:{code}"
    keys = [choice.key for choice in question.choices]
    assert keys[-1] == "quit"
    assert len(keys) > 1
    assert all(choice.effect for choice in question.choices)
    lost = "only the decisions are lost" if code == "folder-gone" else "nothing is lost"
    assert lost in question.text.lower()
    first = question.choices[0]
    assert not first.writes, "the safest comes first"


def test_a_journal_that_cannot_be_read_is_not_said_to_mean_an_unchanged_project() -> None:
    assert "unchanged" not in refusal("journal-corrupt").text


def test_the_table_and_the_headlines_know_the_same_codes() -> None:
    assert set(CURES) == set(HEADLINES)


def test_explanations_are_of_codes_that_exist() -> None:
    known = {f"refusal.{code}" for code in CURES} | {"refusal", "stopped"}
    assert set(TEXTS) <= known


@every_picture
def test_pictures(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    same_picture(snap_compare, wizard(not_loaded()), size=size, theme=theme)


def test_picture_after_a_resize(snap_compare: Compare) -> None:
    same_after_resize(snap_compare, wizard(locked()))


def with_a_copy(path: Path) -> Question:
    """The refusal of an old history of which there is a scratch copy."""
    question = refusal("old-history")
    assert isinstance(question.preview, RefusalPreview)
    choices = (
        Choice("edited", "the old history is run with it", "Run the scratch copy"),
        *question.choices,
    )
    return replace(question, choices=choices, preview=replace(question.preview, edits=str(path)))


def test_the_editor_opens_what_may_be_changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "0006.py"
    path.write_text("one\n")
    app = wizard(with_a_copy(path))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr(app, "suspend", nullcontext)

    async def press(pilot: Pilot[Any]) -> None:
        assert "Edit in $EDITOR" in text_of(app)
        monkeypatch.setenv("EDITOR", f"{sys.executable} -c pass")
        await pilot.press("home", "enter")
        await settled(pilot)
        assert app.answers == [], "nothing was changed"
        monkeypatch.setenv("EDITOR", f"{sys.executable} -c \"import sys; open(sys.argv[1], 'a').write('two')\"")
        await pilot.press("e")
        await settled(pilot)

    drive(app, press)
    assert path.read_text() == "one\ntwo"
    assert app.answers == ["edited"]


def test_where_nothing_may_be_changed_there_is_no_editor() -> None:
    app = wizard(refusal("old-history"))

    async def press(pilot: Pilot[Any]) -> None:
        assert "Edit in $EDITOR" not in text_of(app)
        await pilot.press("e")
        await settled(pilot)

    drive(app, press)
    assert app.answers == []
