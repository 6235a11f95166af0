"""A wizard without an engine: a script plays what the engine says, and keeps what it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from migwizard.engine.process import Ended, Message
from migwizard.engine.states import State
from migwizard.engine.talk import MARK, Choice, Event, Question
from migwizard.exit_codes import ExitCode
from migwizard.tui.app import WizardApp

NOON = datetime(2024, 5, 17, 14, 32)
SIZES = ((80, 24), (120, 40), (200, 60))
PROJECT = Event("project", State.PREFLIGHT, "shop", {"name": "shop", "root": "/home/ada/shop"})


class Script:
    """An engine that says its messages up to the next question, and goes on when that is answered."""

    def __init__(self, messages: Sequence[Message], heard: Callable[[Message], None]) -> None:
        self._messages = list(messages)
        self._heard = heard
        self.answers: list[str] = []
        self.marks: list[str] = []
        self.cancelled = False

    def start(self) -> None:
        self._play()

    def answer(self, text: str) -> None:
        if text.startswith(MARK):
            self.marks.append(text.removeprefix(MARK))
            return
        self.answers.append(text)
        self._play()

    def cancel(self) -> None:
        self.cancelled = True

    def say(self, message: Message) -> None:
        """Say something now."""
        self._heard(message)

    def _play(self) -> None:
        while self._messages:
            message = self._messages.pop(0)
            self._heard(message)
            if isinstance(message, (Question, Ended)):
                return


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class ScriptedApp(WizardApp):
    """The wizard over scripts: the first one, and another for every new start of the engine."""

    def __init__(
        self, *scripts: Sequence[Message], guided: bool = True, theme: str = "", double_press: float = 0.0
    ) -> None:
        self.clock = Clock()
        self.scripts: list[Script] = []
        self.changes: list[Mapping[str, Any]] = []
        self._left = [list(script) for script in scripts]
        super().__init__(
            self._make, guided=guided, theme=theme, double_press=double_press, monotonic=self.clock, wall=lambda: NOON
        )

    def _make(self, heard: Callable[[Message], None], changes: Mapping[str, Any]) -> Script:
        self.changes.append(changes)
        self.scripts.append(Script(self._left.pop(0) if self._left else [], heard))
        return self.scripts[-1]

    @property
    def script(self) -> Script:
        """The script that plays now."""
        return self.scripts[-1]

    @property
    def answers(self) -> list[str]:
        """Everything that was answered, to all engines."""
        return [answer for script in self.scripts for answer in script.answers]


def wizard(*messages: Message, **more: Any) -> ScriptedApp:
    """A wizard over one script, the project already found."""
    return ScriptedApp([PROJECT, *messages], **more)


def begin(state: State, expected: float | None = None) -> Event:
    return Event("begin", state, state.value, {"expected": expected})


def end(state: State) -> Event:
    return Event("end", state, state.value)


def progress(state: State, text: str, number: int = 0, total: int = 0, **more: Any) -> Event:
    return Event("progress", state, text, {"number": number, "total": total, **more})


def review(state: State, *choices: Choice, headline: str = "Is this right?", preview: Any = None) -> Question:
    """A review question with the usual two choices in front."""
    usual = (Choice("continue", "goes on", "Continue"), Choice("again", "runs this step again", "Run again"))
    return Question(
        f"review:{state.value}", state, headline, "", (*usual, *choices), "continue", kind="review", default="continue",
        preview=preview,
    )  # fmt: skip


def decide(id: str, state: State, *choices: Choice, text: str = "Something must be decided.", **more: Any) -> Question:
    """A question in between; its first choice is the safe one."""
    return Question(id, state, "Which one?", text, choices, choices[0].key, **more)


DONE = Ended(ExitCode.DONE, report={})


def parse_once() -> None:
    """Let all apps of this process share what Textual parsed: each would parse the same rules anew, and at each of its screens again."""
    parse: Any = Stylesheet._parse_rules
    known: dict[Any, Any] = {}

    def parsed(sheet: Stylesheet, *source: Any, **more: Any) -> Any:
        key = (*source, *sorted(more.items()), *sorted(sheet._variables.items()))
        if key not in known:
            known[key] = parse(sheet, *source, **more)
        return known[key]

    setattr(Stylesheet, "_parse_rules", parsed)  # noqa: B010 - no type of it says that it can be replaced


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until all messages and layouts are done."""
    for _ in range(3):
        await pilot.pause()


def drive(
    app: WizardApp, act: Callable[[Pilot[Any]], Awaitable[None]] | None = None, size: tuple[int, int] = (80, 24)
) -> None:
    """Run the app, do something with it."""

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            if act is not None:
                await act(pilot)

    asyncio.run(run())


def text_of(app: WizardApp) -> str:
    """What is on the screen, as lines."""
    screen = app.screen
    lines = screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines)
