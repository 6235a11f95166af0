"""What is said of a key that does nothing: a person shall not wonder whether it was heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.widgets import Input

from migwizard.tui.commands import BY_HAND, spoken
from migwizard.tui.widgets.frame import Hints

if TYPE_CHECKING:
    from textual.app import App

    Base = App[Any]
else:
    Base = object

QUIET = frozenset(key for command in BY_HAND for key in command.keys.split(",")) | {"left", "right"}
"""Keys of the widgets: at the end of a list an arrow does nothing, and everybody sees why."""


class DeadKeys(Base):
    """Says it in the footer, or over a dialog, which has none."""

    _remark = ""
    """What was said of the last key over a dialog."""

    def on_key(self, event: events.Key) -> None:
        words, before, self._remark = remark(self, event), self._remark, ""
        for hints in self.screen.query(Hints):
            hints.say(words)
            return
        if words and words != before:
            self.notify(f"{words}.", markup=False)
        self._remark = words


def remark(app: App[Any], event: events.Key) -> str:
    """One sentence about a key that does nothing on the screen on top; empty where it acts, or where it is typed."""
    if event.key in QUIET or isinstance(app.focused, Input):
        return ""
    key = event.character if event.is_printable and event.character != " " else spoken(event.key)[0]
    bound = app.screen.active_bindings.get(event.key)
    if bound is None:
        return f"{key} does nothing here"
    if bound.enabled:
        return ""
    why_not = getattr(bound.node, "why_not", None)
    why = why_not(bound.binding.action) if why_not is not None else ""
    return f"{key} does nothing now: {why}" if why else f"{key} does nothing now"
