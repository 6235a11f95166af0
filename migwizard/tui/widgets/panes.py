"""Texts to read and to scroll. A bar at the left edge of the one that has the focus says, also without colours, where the keys go."""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.containers import VerticalScroll
from textual.strip import Strip
from textual.widgets import TextArea

from migwizard.tui.roles import drawn, speaks_utf8


def edged(strip: Strip, style: Style) -> Strip:
    """A row of the pane that has the focus: its first column, kept free for a mark, holds the bar."""
    return Strip.join([Strip([Segment(drawn("┃", "|"), style)]), strip.crop(1, strip.cell_length)])


class Pane(VerticalScroll):
    """Anything that scrolls."""

    DEFAULT_CSS = """
    Pane { border-left: blank; scrollbar-size-vertical: 1; }
    Pane:focus { border-left: heavy $primary; }
    Pane.-ascii:focus { border-left: ascii $primary; }
    """

    def __init__(self, *children: Any, **more: Any) -> None:
        super().__init__(*children, **more)
        self.set_class(not speaks_utf8(), "-ascii")


class Reading(TextArea):
    """A text that is only read: its lines can be marked and copied."""

    DEFAULT_CSS = """
    Reading { border: none; border-left: blank; padding: 0; background: transparent; }
    Reading:focus { border: none; border-left: heavy $primary; }
    Reading.-ascii:focus { border: none; border-left: ascii $primary; }
    """

    def __init__(self, text: str = "", *, soft_wrap: bool = True, id: str | None = None) -> None:
        super().__init__(text, read_only=True, show_line_numbers=False, soft_wrap=soft_wrap, id=id)
        self.cursor_blink = False
        self.set_class(not speaks_utf8(), "-ascii")
