"""Help, glossary and explanations."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.engine.talk import Choice
from migwizard.tui.messages import Explained
from migwizard.tui.screens.help import HelpScreen
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.explain import ExplainPanel, ExplainStrip, first_word
from migwizard.words import explain as explaining
from migwizard.words.explain.text import Explain
from migwizard.words.glossary import GLOSSARY, NEVER
from tests.tui.snapshots import Compare, every_picture, same_picture
from tests.tui.support import decide, drive, settled, text_of, wizard

pytestmark = pytest.mark.usefixtures("plain_screens")

QUESTION = decide("drift", State.FAKE, Choice("leave", "stays", "Leave it"), Choice("fold", "goes", "Fold it in"))
TEXT = Explain(
    "Rows are exchanged in a switch. Nothing else is.", "So that migrate agrees.", "u undoes.", "migwizard fake"
)


@pytest.fixture(autouse=True)
def explained(plain_screens: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(explaining.EXPLAIN, "fake", TEXT)
    monkeypatch.setitem(explaining.EXPLAIN, "fake.row", Explain("One row of the cycle."))


def test_neighbours_in_the_glossary_exist() -> None:
    assert {see for word in GLOSSARY.values() for see in word.see} <= set(GLOSSARY)


def test_the_glossary_speaks_in_short_sentences() -> None:
    for word, entry in GLOSSARY.items():
        for sentence in entry.means.replace(":", ".").replace(";", ".").split(". "):
            assert len(sentence.split()) <= 24, (word, sentence)
    assert len(NEVER) >= 8


def test_the_strip_has_the_beginning_and_the_panel_everything() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        shown = text_of(app)
        assert "Rows are exchanged in a switch." in shown and "migwizard fake" not in shown
        assert app.screen.query_one(ExplainStrip).display and not app.screen.query_one(ExplainPanel).display
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        shown = text_of(app)
        assert "Nothing else is." in shown and "IF IT GOES WRONG" in shown and "migwizard fake" in shown
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert app.screen.query_one(ExplainStrip).display

    drive(app, act)


def test_expert_mode_has_no_explanations() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("g")
        await settled(pilot)
        assert not app.screen.query_one(ExplainPanel).display
        await pilot.press("g")
        await settled(pilot)
        assert app.screen.query_one(ExplainPanel).display

    drive(app, act, size=(120, 40))


def test_the_explanation_follows_the_focus() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        app.screen.post_message(Explained("fake.row"))
        await settled(pilot)
        assert "One row of the cycle." in text_of(app)

    drive(app, act)


def test_a_question_mark_explains_and_a_second_one_opens_the_word() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("question_mark")
        await settled(pilot)
        assert "So that migrate agrees." in text_of(app)
        await pilot.press("question_mark")
        await settled(pilot)
        assert isinstance(app.screen, HelpScreen)
        assert "[Words]" in text_of(app)
        assert GLOSSARY["switch"].means.split(".")[0] in " ".join(text_of(app).split())
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, StepScreen)

    drive(app, act, size=(120, 40))


def test_y_copies_the_command() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("y")
        await app.workers.wait_for_complete(w for w in app.workers if w.group == "copy")
        await settled(pilot)
        assert app.clipboard == "migwizard fake"

    drive(app, act)


def test_tab_turns_the_parts_and_the_words_are_searched() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("f1", "f1")
        await settled(pilot)
        await pilot.press("tab")
        await settled(pilot)
        assert "[What we never do]" in text_of(app)
        await pilot.press("slash", *"triggers")
        await settled(pilot)
        assert "schema SQL" not in text_of(app)
        assert "No word here contains that." in text_of(app)
        await pilot.press(*["backspace"] * 8, *"trigger")
        await settled(pilot)
        assert "schema SQL" in text_of(app)
        await pilot.press("escape", "escape")
        await settled(pilot)
        assert isinstance(app.screen, StepScreen)

    drive(app, act)


def test_words_are_found_in_texts() -> None:
    assert first_word("Nothing of note") == ""
    assert first_word("It has Levels") == "level"


@every_picture
def test_picture_of_the_help(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    async def act(pilot: Pilot[Any]) -> None:
        await pilot.press("f1", "f1")
        await settled(pilot)

    same_picture(snap_compare, wizard(QUESTION), size=size, theme=theme, act=act)
