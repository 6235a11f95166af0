"""Lines of text that only draws what is visible, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from migwizard.tui.widgets.panes import edged

Line = tuple[str, str]
"""(text, name of a theme variable for its colour or "")."""
MARK = 2
"""Columns at the left that do not scroll: the mark, and a gap."""


class LineView(ScrollView, can_focus=True):
    """Scrolls; a found line is marked by `>`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "", show=False),
        Binding("down", "scroll_down", "", show=False),
        Binding("pageup", "page_up", "", show=False),
        Binding("pagedown", "page_down", "", show=False),
        Binding("home", "scroll_home", "", show=False),
        Binding("end", "scroll_end", "", show=False),
    ]
    DEFAULT_CSS = """
    LineView { background: transparent; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }
    LineView:focus { background-tint: $foreground 5%; }
    """

    @dataclass
    class Resized(Message):
        """The room is another: who made the lines for it makes them anew."""

        view: LineView

        @property
        def control(self) -> LineView:
            return self.view

    def __init__(self, *, id: str, folds: bool = False) -> None:
        super().__init__(id=id)
        self.folds = folds
        """Whether lines that are too long go on in the next row."""
        self.source: tuple[Line, ...] = ()
        self.lines: tuple[Line, ...] = ()
        """As they stand on the screen."""
        self.found = -1

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines; the scroll position stays."""
        if tuple(lines) != self.source:
            self.source = tuple(lines)
            self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        if self.folds:
            self._lay_out()
        self.post_message(self.Resized(self))

    def _lay_out(self) -> None:
        self.found = -1
        width = self.size.width - 3
        self.lines = tuple(_folded(self.source, width)) if self.folds and width > 20 else self.source
        self.virtual_size = Size(max((len(text) for text, _ in self.lines), default=0) + MARK, len(self.lines))
        self.refresh()

    @property
    def below(self) -> int:
        """Lines that are further down than what is in sight."""
        return max(len(self.lines) - self.scroll_offset.y - self.size.height, 0)

    def find(self, text: str, step: int = 1) -> bool:
        """Go to the next line (the previous one with a step of -1) that has the text."""
        wanted, count = text.lower(), len(self.lines)
        start = self.found if self.found >= 0 else (-1 if step > 0 else count)
        for distance in range(1, count + 1):
            place = (start + step * distance) % count
            if wanted in self.lines[place][0].lower():
                self.found = place
                self.scroll_to(y=max(place - self.size.height // 2, 0), animate=False)
                self.refresh()
                return True
        return False

    def render_line(self, y: int) -> Strip:
        strip, marked = self._line(y), self.scroll_offset.y + y == self.found
        return edged(strip, self.rich_style + self._style("primary")) if self.has_focus and not marked else strip

    def _line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        place = top + y
        base = self.rich_style
        if place >= len(self.lines):
            return Strip.blank(self.size.width, base)
        text, colour = self.lines[place]
        style = base + self._style(colour)
        if place == self.found:
            style += Style(reverse=True)
        mark = Strip([Segment("> " if place == self.found else "  ", style)])
        code = Strip([Segment(text, style)]).crop_extend(left, left + max(self.size.width - MARK, 0), base)
        return Strip.join([mark, code])

    def _style(self, colour: str) -> Style:
        value = self.app.theme_variables.get(colour, "").replace("ansi_", "") if colour else ""
        if not value or value.startswith("auto"):
            return Style()
        try:
            return Style(color=value)
        except Exception:
            # A colour that only Textual knows: the words say it too.
            return Style()


def _folded(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """Lines of at most `width`; what goes on is indented a little more than its beginning."""
    for text, colour in lines:
        if len(text) <= width:
            yield text, colour
            continue
        indent = " " * (len(text) - len(text.lstrip()) + 4)
        for row in wrap(text, width, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True):
            yield row, colour
