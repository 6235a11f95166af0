"""Lines and screens ask the same questions in the same order, and lead to the same files and rows."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migwizard.demo.write import write_demo
from migwizard.engine.options import Opening, Options
from migwizard.engine.process import Ended, Engine, Message
from migwizard.engine.session import sit
from migwizard.engine.talk import Question
from migwizard.exit_codes import ExitCode
from migwizard.faces.console import Console
from migwizard.faces.plain import PlainFace

OPTIONS = Options(review=True)
ON_PURPOSE = ("apply", "switch")
"""What is chosen although it is not the default: else nothing would ever be changed."""
SECONDS = 240

Asked = tuple[str, tuple[str, ...], str | None, str | None]


def asked(question: Question) -> Asked:
    """A question as both faces must ask it."""
    return question.id, tuple(choice.key for choice in question.choices), question.default, question.safe


def wanted(question: Question) -> str:
    """What this person says to a question: go on, and write where it is asked."""
    keys = [choice.key for choice in question.choices]
    assert question.kind != "refusal", f"{question.headline}: {question.text}"
    return next((key for key in keys if key in ON_PURPOSE), question.default or question.safe or keys[0])


class Typing(io.StringIO):
    """A keyboard whose next lines are typed when a question is open."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque()

    def readline(self, size: int | None = -1) -> str:  # type: ignore[override]  # io says it with names of its own
        return self.lines.popleft() if self.lines else ""


class Watched(PlainFace):
    """Numbered lines, with a person at the keyboard who knows what to want."""

    def __init__(self) -> None:
        self.typing = Typing()
        self.questions: list[Asked] = []
        super().__init__(Console(self.typing, io.StringIO()), thread=False)

    def ask(self, question: Question) -> str | None:
        self.questions.append(asked(question))
        self.typing.lines.append(f"{wanted(question)}\n")
        answer = super().ask(question)
        assert answer == wanted(question)
        return answer


def ride_in_lines(root: Path) -> tuple[list[Asked], dict[str, Any]]:
    face = Watched()
    return face.questions, sit(Opening(root, python=sys.executable), face, OPTIONS)


def ride_on_screens(root: Path) -> tuple[list[Asked], Ended | None]:
    """The app with a real engine; every answer is pressed on the widget that offers it."""
    from migwizard.tui.app import WizardApp
    from migwizard.tui.dialogs.confirm import ConfirmDialog

    opening = Opening(root, python=sys.executable)
    questions: list[Asked] = []

    def engine(heard: Callable[[Message], None], changes: Mapping[str, Any]) -> Engine:
        return Engine(replace(opening, **changes), OPTIONS, heard)

    app = WizardApp(engine, double_press=0.0)

    async def ride() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            last, until = None, time.monotonic() + SECONDS
            while app.return_value is None and time.monotonic() < until:
                await pilot.pause(0.02)
                question = app.question
                if question is None or question is last:
                    continue
                last = question
                questions.append(asked(question))
                for _ in range(3):
                    await pilot.pause()
                await press(app, pilot, wanted(question))
                for _ in range(50):
                    if app.question is not question:
                        break
                    if isinstance(app.screen, ConfirmDialog):
                        app.screen.query_one("#other").focus()
                        await pilot.press("enter")
                    await pilot.pause(0.02)
                assert app.question is not question, f"{wanted(question)} of {question.id} was not taken"

    asyncio.run(ride())
    return questions, app.return_value


async def press(app: Any, pilot: Any, key: str) -> None:
    """Press Enter on the button, or on the line of the list, that gives this answer."""
    from migwizard.tui.widgets.choices import ChoiceButton
    from migwizard.tui.widgets.decide import ChoiceList

    shown = [widget for widget in app.screen.query(ChoiceButton) if widget.is_on_screen and not widget.disabled]
    lists = [widget for widget in app.screen.query(ChoiceList) if widget.is_on_screen and key in widget._keys]
    if button := next((button for button in shown if button.choice.key == key), None):
        button.focus()
    else:
        assert lists, f"no widget of {app.screen} offers {key}"
        lists[0].focus()
        lists[0].highlighted = lists[0]._keys.index(key)
    await pilot.pause()
    await pilot.press("enter")


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*.py"))
        if ".migwizard" not in path.parts
    }


def recorded(root: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(root / "db.sqlite3")) as connection:
        return connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo at its old head; not to be changed."""
    root = write_demo(tmp_path_factory.mktemp("demo") / "demo")
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=root, env=environment, check=True, timeout=120)
    return root


@pytest.mark.ride
def test_the_same_questions(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    roots = {}
    for name in ("lines", "screens"):
        shutil.copytree(demo.parent, tmp_path / name)
        roots[name] = tmp_path / name / demo.name
    in_lines, report = ride_in_lines(roots["lines"])
    on_screens, ended = ride_on_screens(roots["screens"])
    assert ended is not None
    assert (ended.exit_code, ended.sentence) == (ExitCode.DONE, "")
    assert on_screens == in_lines
    assert [id for id, *_ in in_lines if id.startswith("review:")][-1] == "review:done"
    assert {"apply", "switch:default"} <= {id for id, *_ in in_lines}
    assert tree(roots["screens"]) == tree(roots["lines"]) != tree(demo)
    assert recorded(roots["screens"]) == recorded(roots["lines"]) != recorded(demo)
    assert ended.report is not None
    assert ended.report["answers"] == report["answers"]
