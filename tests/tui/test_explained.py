"""Nothing that a person can look at is without an explanation."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

import migwizard.tui
from migwizard.engine.states import State
from migwizard.engine.talk import Question
from migwizard.tui import stopping
from migwizard.tui.dialogs.explain import ExplainDialog
from migwizard.tui.dialogs.overlay import Overlay
from migwizard.tui.standing import Standing
from migwizard.tui.table import SCREENS, name_of, screen_class
from migwizard.words.explain import EXPLAIN, explain
from tests.tui.recording import DATA, from_json
from tests.tui.refusals import EXAMPLES
from tests.tui.refusing import refusal
from tests.tui.support import drive, text_of, wizard

MODULES = [found.name for found in pkgutil.walk_packages(migwizard.tui.__path__, "migwizard.tui.")]


def _kinds(kind: type[Any]) -> Iterator[type[Any]]:
    for name in MODULES:
        importlib.import_module(name)
    for below in kind.__subclasses__():
        if below.__module__ in MODULES:
            yield below
        yield from _kinds(below)


def _questions() -> Iterator[Question]:
    for path in sorted(DATA.glob("*.json")):
        yield from_json(path.read_text(encoding="utf-8"))
    for state in State:
        yield stopping.question(Standing(state=state))
    yield from map(refusal, EXAMPLES)


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_before_its_first_question(name: str) -> None:
    screen = screen_class(name)(Standing())
    assert explain(screen.topic or screen._own_topic()) is not None


@pytest.mark.parametrize(
    "question", _questions(), ids=lambda question: f"{question.kind} {question.state.value} {question.id}"
)
def test_every_question(question: Question) -> None:
    assert explain(screen_class(name_of(question))(Standing())._topic_of(question)) is not None


@pytest.mark.parametrize("dialog", [kind for kind in _kinds(Overlay) if kind is not ExplainDialog])
def test_every_dialog(dialog: type[Overlay[Any]]) -> None:
    assert dialog.topic in EXPLAIN


def test_every_topic_that_follows_the_focus() -> None:
    """Named in the texts of the screens; without an explanation of its own the one of the screen would hide that."""
    texts = [path.read_text(encoding="utf-8") for path in Path(migwizard.tui.__path__[0]).rglob("*.py")]
    topics = {
        topic
        for text in texts
        for topic in re.findall(rf'"((?:{"|".join(State)})\.[a-z-]+)"', text)
        if not topic.endswith(".tcss")
    }
    assert {"levels.waiting", "graph.cycle"} <= topics <= EXPLAIN.keys()


def test_the_screen_after_a_cancel_shows_its_own() -> None:
    app = wizard(stopping.question(Standing(state=State.PROOF)))

    async def look(pilot: Pilot[Any]) -> None:
        assert "You stopped this step before its end." in text_of(app)

    drive(app, look)


@pytest.mark.parametrize("topic", sorted(EXPLAIN))
def test_an_explanation_is_at_most_sixty_words(topic: str) -> None:
    text = EXPLAIN[topic]
    assert len(f"{text.what} {text.why} {text.wrong} {text.command}".split()) <= 60
