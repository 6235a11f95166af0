"""Very many lines of a log: only those on the screen are drawn."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from migwizard.tui.roles import pointer
from migwizard.tui.widgets.panes import edged

WRONG = ("error", "traceback", "warning", "refusal", "failed")


class LogLines(ScrollView, can_focus=True):
    """Lines with a cursor; follows the end while the cursor is there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "", show=False),
        Binding("down", "move(1)", "", show=False),
        Binding("pageup", "page(-1)", "", show=False),
        Binding("pagedown", "page(1)", "", show=False),
        Binding("home", "first", "", show=False),
        Binding("end", "last", "", show=False),
        Binding("enter", "open", "", show=False),
    ]
    DEFAULT_CSS = """
    LogLines { height: 1fr; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    LogLines > .lines--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    LogLines > .lines--edge { color: $primary; }
    LogLines > .lines--error { color: $text-error; }
    LogLines > .lines--found { text-style: underline; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--cursor", "lines--edge", "lines--error", "lines--found"}

    class Opened(Message):
        """Enter on a line."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Followed(Message):
        """Following began or stopped."""

        def __init__(self, following: bool) -> None:
            super().__init__()
            self.following = following

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.cursor = 0
        self.following = True
        self.needle = ""

    def replace(self, lines: list[str]) -> None:
        """Show other lines."""
        self.lines = list(lines)
        self.cursor = min(self.cursor, max(len(lines) - 1, 0))
        self._grown()

    def extend(self, lines: list[str]) -> None:
        """More lines at the end."""
        self.lines.extend(lines)
        self._grown()

    def on_resize(self) -> None:
        self._grown()

    def _grown(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.lines))
        if self.following:
            self.cursor = max(len(self.lines) - 1, 0)
            self.scroll_end(animate=False, immediate=True)
        self.refresh()

    def go(self, index: int) -> None:
        """Move the cursor; away from the end following stops."""
        last = max(len(self.lines) - 1, 0)
        self.cursor = min(max(index, 0), last)
        following = self.cursor == last
        if following != self.following:
            self.following = following
            self.post_message(self.Followed(following))
        height, top = self.scrollable_content_region.height, int(self.scroll_y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)
        self.refresh()

    def find(self, needle: str) -> bool:
        """Go to the next line after the cursor that contains the text, beginning again at the top."""
        self.needle = needle.lower()
        count = len(self.lines)
        for step in range(1, count + 1):
            index = (self.cursor + step) % count
            if self.needle in self.lines[index].lower():
                self.go(index)
                return True
        self.refresh()
        return False

    def action_move(self, by: int) -> None:
        self.go(self.cursor + by)

    def action_page(self, by: int) -> None:
        self.go(self.cursor + by * max(self.scrollable_content_region.height - 1, 1))

    def action_first(self) -> None:
        self.go(0)

    def action_last(self) -> None:
        self.go(len(self.lines) - 1)

    def action_open(self) -> None:
        if self.lines:
            self.post_message(self.Opened(self.lines[self.cursor]))

    def render_line(self, y: int) -> Strip:
        strip, here = self._line(y), int(self.scroll_y) + y == self.cursor and bool(self.lines)
        edge = self.get_component_rich_style("lines--edge", partial=True)
        return edged(strip, self.rich_style + edge) if self.has_focus and not here else strip

    def _line(self, y: int) -> Strip:
        index, width = int(self.scroll_y) + y, self.scrollable_content_region.width
        style = self.rich_style
        if index >= len(self.lines):
            return Strip.blank(width, style)
        line = self.lines[index].expandtabs(4)
        if is_error(line):
            style += self.get_component_rich_style("lines--error", partial=True)
        if self.needle and self.needle in line.lower():
            style += self.get_component_rich_style("lines--found", partial=True)
        marked = index == self.cursor
        if marked and self.has_focus:
            style += self.get_component_rich_style("lines--cursor", partial=True)
        text = f"{pointer(self.has_focus) if marked else ' '}{line}"
        if len(text) > width:
            text = set_cell_size(text, max(width - 1, 0)) + "…"
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)


def is_error(line: str) -> bool:
    """Whether a line of the log tells of something that went wrong."""
    low = line.lower()
    return any(word in low for word in WRONG)
