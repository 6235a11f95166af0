"""The wizard over a real engine, driven by keys alone, as a person without a mouse would."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from migwizard.engine.options import Opening, Options
from migwizard.engine.process import Ended, Engine, Message
from migwizard.engine.talk import Question
from migwizard.tui.app import WizardApp
from migwizard.tui.dialogs.confirm import ConfirmDialog
from migwizard.tui.widgets.choices import ChoiceButton
from migwizard.tui.widgets.decide import ChoiceList

SECONDS = 600.0
TABS = 40
ON_PURPOSE = ("resume", "apply", "switch")
"""What this person says although it is no default: else nothing would ever be changed."""


def usual(question: Question) -> str:
    """Go on, and write where it is asked."""
    assert question.kind != "refusal", f"{question.headline}: {question.text}"
    keys = [choice.key for choice in question.choices]
    return next((key for key in keys if key in ON_PURPOSE), question.default or question.safe or keys[0])


@dataclass
class Rider:
    """Sits before the wizard until it ends. `says` may answer a question otherwise, or name a key to press ("key:q")."""

    root: Path
    says: Callable[[Question], str] = usual
    python: str = sys.executable
    size: tuple[int, int] = (120, 40)
    questions: list[Question] = field(default_factory=list)

    def ride(self) -> Ended:
        """Ride to the end. Raises AssertionError where a key did not do what it should, or time is up."""
        opening = Opening(self.root, python=self.python)

        def engine(heard: Callable[[Message], None], changes: Mapping[str, Any]) -> Engine:
            return Engine(replace(opening, **changes), Options(review=True), heard)

        app = WizardApp(engine, double_press=0.0)
        asyncio.run(self._sit(app))
        ended = app.return_value
        assert ended is not None, f"time is up at {self.questions[-1:]}"
        return ended

    async def _sit(self, app: WizardApp) -> None:
        async with app.run_test(size=self.size) as pilot:
            until, last = time.monotonic() + SECONDS, None
            while app.return_value is None and time.monotonic() < until:
                await pilot.pause(0.02)
                if app.question is None or app.question is last:
                    continue
                last = app.question
                self.questions.append(last)
                await pilot.pause()
                await self._say(app, pilot, last, self.says(last))
            if app.engine is not None:
                app.engine.cancel()

    async def _say(self, app: WizardApp, pilot: Pilot[Any], question: Question, answer: str) -> None:
        if answer.startswith("key:"):
            await pilot.press(answer.removeprefix("key:"))
        else:
            await reach(app, pilot, answer)
            await pilot.press("enter")
        await pilot.pause()
        if isinstance(app.screen, ConfirmDialog):
            # Enter alone is the safe answer; the other one is a Tab away.
            await pilot.press("tab", "enter")
        for _ in range(100):
            if app.question is not question or app.return_value is not None:
                return
            await pilot.pause(0.02)
        raise AssertionError(f"{answer} of {question.id} was not taken")


async def reach(app: WizardApp, pilot: Pilot[Any], key: str) -> None:
    """Move the focus with Tab, and the mark with the arrows, to what gives this answer."""
    for _ in range(TABS):
        focused = app.focused
        if isinstance(focused, ChoiceButton) and focused.choice.key == key:
            return
        if isinstance(focused, ChoiceList) and key in focused._keys:
            while focused.highlighted != focused._keys.index(key):
                await pilot.press("down")
            return
        await pilot.press("tab")
        await pilot.pause()
    raise AssertionError(f"{key} cannot be reached by Tab on {app.screen}")
