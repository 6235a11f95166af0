"""Files of the Generate screen that a person changes, in an editor or elsewhere."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from migwizard.engine.previews import GeneratePreview
from migwizard.tui.editor import find_editor
from tests.tui.support import drive, settled, text_of
from tests.tui.test_generate import ASKED, FILES, app_with, changed, name, press, said, screen_of


def test_an_edited_file_is_read_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "0001.py"
    path.write_text("one\n")
    assert isinstance(ASKED.preview, GeneratePreview)
    preview = replace(ASKED.preview, files=(replace(FILES[0], path=str(path)), *FILES[1:]))
    app = app_with(replace(ASKED, preview=preview))
    editor = f"{sys.executable} -c \"import sys; open(sys.argv[1], 'a').write('more')\""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} -c pass")
    monkeypatch.setattr(app, "suspend", nullcontext)

    async def act(pilot: Pilot[Any]) -> None:
        await press(pilot, "e")
        assert app.answers == []
        assert "You changed nothing" in said(app)
        monkeypatch.setenv("EDITOR", editor)
        await press(pilot, "e")
        assert path.read_text() == "one\nmore"
        assert app.answers == [f"edited:{name(FILES[0])}"]

    drive(app, act)


def test_without_an_editor_or_a_terminal_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with()

    async def act(pilot: Pilot[Any]) -> None:
        monkeypatch.setenv("VISUAL", sys.executable)
        await press(pilot, "e")
        assert "cannot be opened here" in said(app)
        monkeypatch.setattr("migwizard.tui.editor.find_editor", list)
        await press(pilot, "e")
        assert f"edited:{name(FILES[0])}" in said(app)
        assert app.answers == []

    drive(app, act)


def test_the_editor_is_the_persons_own_else_a_usual_one() -> None:
    there = {"code", "vi", "nano"}

    def which(program: str) -> str | None:
        return program if program in there else None

    assert find_editor({"VISUAL": "code --wait", "EDITOR": "vi"}, which) == ["code", "--wait"]
    assert find_editor({"VISUAL": "gone", "EDITOR": "nano"}, which) == ["nano"]
    assert find_editor({"EDITOR": "'unclosed"}, which) == ["vi"]
    there.clear()
    assert find_editor({}, which) == []


def test_a_changed_file_is_named_and_has_to_be_accepted_again() -> None:
    app = app_with(ASKED, changed())

    async def act(pilot: Pilot[Any]) -> None:
        screen = screen_of(app)
        await press(pilot, "tab", "enter", "enter")
        assert "2 accepted" in text_of(app)
        screen.number = 0
        await press(pilot, "s")
        text = text_of(app)
        assert "1 accepted" in text
        assert "! yours 1 line differs" in text
        assert "[ Show my change ]" in text
        assert "[ Redo the original ]" in text

    drive(app, act, size=(120, 40))


def test_a_broken_file_holds_up_the_acceptance() -> None:
    app = app_with(changed("Line 5: '(' was never closed"))

    async def act(pilot: Pilot[Any]) -> None:
        screen = screen_of(app)
        screen._go(0)
        await settled(pilot)
        text = text_of(app)
        assert "× STOP Line 5: '(' was never closed; your text is kept." in text
        assert "waits for: user/0001 to be a migration" in text
        screen.accept_this()
        assert "0 accepted" in text_of(app)

    drive(app, act, size=(120, 40))


def test_a_change_elsewhere_keeps_file_cursor_and_focus() -> None:
    app = app_with(ASKED, ASKED)

    async def act(pilot: Pilot[Any]) -> None:
        screen = screen_of(app)
        await press(pilot, "n", "n", "n")
        number, row = screen.number, screen.diff.current_row
        await press(pilot, "s")
        assert (screen.number, screen.diff.current_row) == (number, row)
        assert screen.diff.has_focus

    drive(app, act)
