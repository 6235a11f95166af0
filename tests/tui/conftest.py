"""The same terminal on every machine."""

from __future__ import annotations

import os

# Before Textual is imported: nothing moves by itself, whatever the machine's settings are.
os.environ["TEXTUAL_ANIMATIONS"] = "none"

import pytest

NEVER_FROM_OUTSIDE = ("NO_COLOR", "SSH_CONNECTION", "LC_CTYPE", "LANG", "WAYLAND_DISPLAY", "DISPLAY", "TEXTUAL_THEME")


@pytest.fixture(autouse=True, scope="session")
def rules_are_parsed_once() -> None:
    from tests.tui.support import parse_once

    parse_once()


@pytest.fixture(autouse=True)
def same_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """UTF-8, colours, no clipboard program of the machine, and a state folder of the test's own."""
    for name in NEVER_FROM_OUTSIDE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setattr("migwizard.tui.clipboard.local_tool", lambda: None)


@pytest.fixture
def plain_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame alone: no screen of a state, one explanation for everything."""
    from migwizard.tui.screens.step import PlainStep
    from migwizard.words import explain as explaining
    from migwizard.words.explain.text import Explain

    text = Explain("One thing is explained here. Then another.", "For a reason.", "u takes it back.", "migwizard plan")
    monkeypatch.setattr("migwizard.tui.app.screen_class", lambda name: PlainStep)
    monkeypatch.setattr("migwizard.tui.table.screen_class", lambda name: PlainStep)
    monkeypatch.setattr(explaining, "EXPLAIN", dict.fromkeys(("fake", "levels", "proof", "refusal"), text))
