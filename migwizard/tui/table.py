"""Which screen shows which state or question; a screen is imported when it is first needed."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING, Any, TypeGuard

from textual.screen import Screen

from migwizard.engine.states import State
from migwizard.engine.talk import Question

if TYPE_CHECKING:
    from migwizard.tui.commands import Command
    from migwizard.tui.screens.step import StepScreen

STATES = {state.value: (state.value, f"{state.value.capitalize()}Screen") for state in State}
ACROSS = {"resume": ("resume", "ResumeScreen"), "undo": ("undo", "UndoScreen"), "refusal": ("refusal", "RefusalScreen")}
SCREENS = {**STATES, **ACROSS}
"""Name of a screen -> (module in `migwizard.tui.screens`, class)."""


def is_step(screen: Screen[Any]) -> TypeGuard[StepScreen]:
    """Whether it is a screen of the ride; imports none to find out, since the first paint comes before them."""
    module = sys.modules.get("migwizard.tui.screens.step")
    return module is not None and isinstance(screen, module.StepScreen)


def screen_class(name: str) -> type[StepScreen]:
    """The class of a screen; the plain one where it has none of its own."""
    from migwizard.tui.screens.step import PlainStep

    module, kind = SCREENS[name]
    if importlib.util.find_spec(f"migwizard.tui.screens.{module}") is None:
        return PlainStep
    found: type[StepScreen] = getattr(importlib.import_module(f"migwizard.tui.screens.{module}"), kind)
    return found


def name_of(question: Question) -> str:
    """The screen that shows a question."""
    if question.id == "resume":
        return "resume"
    if question.id.startswith("undo:"):
        return "undo"
    if question.kind == "refusal":
        if screen_class(question.state.value).shows_refusal(question):
            return question.state.value
        return "refusal"
    return question.state.value


def command_sets() -> list[tuple[str, tuple[Command, ...]]]:
    """The commands of each screen, and of the overlays, with a title."""
    from migwizard.tui.screens.help import HelpScreen
    from migwizard.tui.screens.log import LogScreen

    steps = [(name.capitalize(), screen_class(name).ACTS) for name in SCREENS]
    return [*steps, ("Log", LogScreen.ACTS), ("Help", HelpScreen.ACTS)]
