"""What is said of a key that does nothing: a person shall not wonder whether it was heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.widgets import Input

from migwizard.tui.commands import BY_HAND, spoken

if TYPE_CHECKING:
    from textual.app import App

QUIET = frozenset(key for command in BY_HAND for key in command.keys.split(",")) | {"left", "right"}
"""Keys of the widgets: at the end of a list an arrow does nothing, and everybody sees why."""


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
