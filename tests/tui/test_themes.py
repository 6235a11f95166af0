"""Colours are a help; glyph and word say it alone."""

from __future__ import annotations

from typing import Any

import pytest
from rich.text import Text
from textual.pilot import Pilot

from migwizard.engine.states import State
from migwizard.engine.talk import Choice
from migwizard.tui import roles, themes
from tests.tui.support import decide, drive, text_of, wizard

pytestmark = pytest.mark.usefixtures("plain_screens")

QUESTION = decide("drift", State.FAKE, Choice("leave", "stays", "Leave it"), Choice("fold", "goes", "Fold it in"))
ROLES = [value for value in vars(roles).values() if isinstance(value, roles.Role)]


@pytest.mark.parametrize(
    ("env", "utf8"),
    [
        ({}, True),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "C.utf8"}, True),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({"LC_CTYPE": "UTF-8"}, True),
        ({"LANG": "de_DE.UTF-8", "TERM": "screen-256color"}, True),
        ({"LANG": "de_DE.UTF-8", "TERM": "linux"}, False),
    ],
)
def test_locale_and_terminal_decide_on_glyphs(env: dict[str, str], utf8: bool) -> None:
    assert roles.speaks_utf8(env) is utf8


def test_without_utf8_everything_is_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    assert all(role.glyph.isascii() for role in ROLES)
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        assert text_of(app).isascii(), [letter for letter in text_of(app) if not letter.isascii()]

    drive(app, act)


def test_roles_differ_without_colour() -> None:
    assert len({(role.glyph, role.word) for role in ROLES}) == len(ROLES)


def test_a_role_is_a_cell_of_a_table() -> None:
    app = wizard(QUESTION)

    async def act(pilot: Pilot[Any]) -> None:
        for theme in themes.NAMES:
            app.theme = theme
            cell = roles.OK.cell(app.theme_variables)
            assert isinstance(cell, Text) and cell.plain == "✓ ok"

    drive(app, act)


@pytest.mark.parametrize("theme", themes.NAMES)
def test_every_theme_can_be_drawn(theme: str) -> None:
    app = wizard(QUESTION, theme=theme)

    async def act(pilot: Pilot[Any]) -> None:
        assert app.theme == theme
        assert ">(•) Leave it" in text_of(app)

    drive(app, act)


def test_no_color_chooses_a_theme_that_stays_legible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = wizard(QUESTION, theme="ansi-dark")
    assert app.theme == themes.WITHOUT_COLOUR


def test_a_short_name_of_a_theme_is_enough() -> None:
    assert wizard(QUESTION, theme="light").theme == "migwizard-light"
