"""A diff of any length: draws the lines that are visible, keeps its place when it is shown anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from migwizard.engine.previews import DiffRow
from migwizard.tui.roles import IN, OUT, RETURNS, WAITS, drawn, pointer
from migwizard.tui.widgets import diff_lines
from migwizard.tui.widgets.diff_lines import Shown
from migwizard.tui.widgets.highlight import pieces, printable
from migwizard.tui.widgets.panes import edged

GLYPHS = {"out": OUT, "in": IN, "waits": WAITS, "returns": RETURNS}
TWO_SIDES = 112
"""Columns from which old and new fit side by side."""
GUTTER = 9
"""Mark, glyph, number or word, and the gaps between them."""
SIDEWAYS = 8
"""Columns that one key scrolls."""


class DiffView(ScrollView, can_focus=True):
    """The rows of one file. The focused line has a bar and `>`; arrows move it, left and right scroll sideways."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "", show=False),
        Binding("down", "move(1)", "", show=False),
        Binding("pageup", "page(-1)", "", show=False),
        Binding("pagedown", "page(1)", "", show=False),
        Binding("home", "edge(-1)", "", show=False),
        Binding("end", "edge(1)", "", show=False),
        Binding("left", "sideways(-1)", "", show=False),
        Binding("right", "sideways(1)", "", show=False),
        Binding("enter", "open", "", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"diff--{name}"
        for name in (
            "plain", "muted", "edge", "cursor", "out", "in", "waits", "returns", "string", "keyword", "literal", "comment",
        )
    }  # fmt: skip
    DEFAULT_CSS = """
    DiffView { background: transparent; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; overflow-x: hidden; }
    DiffView > .diff--muted { color: $text-muted; }
    DiffView > .diff--edge { color: $primary; }
    DiffView > .diff--cursor { background: $panel; }
    DiffView:focus > .diff--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    DiffView > .diff--out { background: $error 12%; }
    DiffView > .diff--in { background: $success 12%; }
    DiffView > .diff--waits { background: $warning 14%; }
    DiffView > .diff--returns { color: $text-secondary; }
    DiffView > .diff--string { color: $text-success; }
    DiffView > .diff--keyword { color: $text-accent; }
    DiffView > .diff--literal { color: $text-primary; }
    DiffView > .diff--comment { color: $text-muted; }
    DiffView:ansi > .diff--out { background: ansi_default; color: ansi_red; }
    DiffView:ansi > .diff--in { background: ansi_default; color: ansi_green; }
    DiffView:ansi > .diff--waits { background: ansi_default; color: ansi_yellow; }
    """

    @dataclass
    class Moved(Message):
        """Another line has the focus."""

        row: DiffRow

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.rows: Sequence[DiffRow] = ()
        self.name_shown = ""
        self.lines: list[Shown] = []
        self.cursor = 0
        self.offset_x = 0
        self._opened: set[int] = set()
        self._places: list[int] = []
        self._styles: dict[str, Style] = {}
        self._width_laid_out = -1

    # What is shown

    def show(self, name: str, rows: Sequence[DiffRow]) -> None:
        """Show the rows of a file. The same file again keeps cursor, scroll and what was unfolded."""
        same = name == self.name_shown
        if same and rows == self.rows:
            return
        kept = self._same_row(rows) if same else -1
        self.rows, self.name_shown = rows, name
        self._places = diff_lines.waiting_places(rows)
        if not same:
            self._opened, self.offset_x = set(), 0
            kept = self._places[0] if self._places else self._first_difference()
        self._lay_out(kept)
        if not same:
            self._into_view(centre=True)

    def _same_row(self, rows: Sequence[DiffRow]) -> int:
        """Where the row under the cursor stands in other rows of the same file: the left text never changes."""
        row, here = self.current, self.current_row
        if row is None or not row.left_number:
            return here
        return next((place for place, other in enumerate(rows) if other.left_number == row.left_number), here)

    def _first_difference(self) -> int:
        return next((place for place, row in enumerate(self.rows) if row.kind != "equal"), 0)

    def _lay_out(self, kept: int | None = None) -> None:
        """Make the lines for the width that there is; the cursor stays on its row."""
        row = self.current_row if kept is None else kept
        top = self.cursor - self.scroll_offset.y
        make = diff_lines.side_by_side if self.two_sides else diff_lines.one_below_other
        self.lines = make(self.rows, self._opened)
        self.cursor = next((place for place, line in enumerate(self.lines) if line.holds(row)), 0)
        self._width_laid_out = self.room
        self.virtual_size = Size(self.room, len(self.lines))
        self.scroll_to(y=max(self.cursor - max(top, 0), 0), animate=False, force=True)
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        if self.room != self._width_laid_out:
            self._lay_out()
        self.call_after_refresh(self._into_view)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    @property
    def two_sides(self) -> bool:
        return self.room >= TWO_SIDES

    @property
    def room(self) -> int:
        """Columns beside the scrollbar."""
        return self.scrollable_content_region.width

    @property
    def split(self) -> int:
        """Columns of the left side."""
        return (self.room - 1) // 2

    @property
    def current_row(self) -> int:
        """The number of the row under the cursor."""
        return self.lines[self.cursor].anchor if self.cursor < len(self.lines) else 0

    @property
    def current(self) -> DiffRow | None:
        return self.rows[self.current_row] if self.rows else None

    @property
    def on_fold(self) -> bool:
        """Whether the cursor is on a folded block."""
        return self.cursor < len(self.lines) and bool(self.lines[self.cursor].hidden)

    @property
    def place(self) -> tuple[int, int]:
        """At or after which place that waits the cursor is, and how many there are; from 1."""
        return sum(place <= self.current_row for place in self._places), len(self._places)

    # Moving

    def go_to(self, row: int) -> None:
        """Put the cursor on a row, unfolding it where it must be."""
        place = next((n for n, line in enumerate(self.lines) if line.holds(row)), None)
        if place is not None and self.lines[place].hidden:
            self._opened.add(self.lines[place].row)
            self._lay_out(row)
        elif place is not None:
            self.cursor = place
        self._into_view(centre=True)
        self._say()

    def go_to_waiting(self, step: int) -> bool:
        """Go to the next place that waits (the previous one with a step of -1); whether there is one in this file."""
        here = self.current_row
        ahead = [p for p in self._places if (p > here if step > 0 else p < here)]
        if not ahead:
            return False
        self.go_to(ahead[0] if step > 0 else ahead[-1])
        return True

    def go_to_edge_waiting(self, step: int) -> None:
        """Go to the first place that waits, or to the last one with a step of -1."""
        if self._places:
            self.go_to(self._places[0] if step > 0 else self._places[-1])

    def action_move(self, step: int) -> None:
        self.cursor = min(max(self.cursor + step, 0), max(len(self.lines) - 1, 0))
        self._into_view()
        self._say()

    def action_page(self, step: int) -> None:
        self.action_move(step * max(self.size.height - 1, 1))

    def action_edge(self, step: int) -> None:
        self.action_move(step * len(self.lines))

    def action_sideways(self, step: int) -> None:
        room = self.split if self.two_sides else self.room
        longest = max((len(row.left or row.right) for row in self.rows), default=0)
        self.offset_x = min(max(self.offset_x + step * SIDEWAYS, 0), max(longest + GUTTER + 1 - room, 0))
        self.refresh()

    def action_open(self) -> None:
        """Unfold the block under the cursor."""
        if self.on_fold:
            self._opened.add(self.lines[self.cursor].row)
            self._lay_out()
            self._say()

    def toggle_folds(self) -> None:
        """Unfold the block under the cursor, else all of them; fold them again where all are open."""
        folded = diff_lines.folds(self.lines)
        if folded and self.on_fold:
            self._opened.add(self.lines[self.cursor].row)
        elif folded:
            self._opened.update(folded)
        else:
            self._opened.clear()
        self._lay_out()
        self._into_view()
        self._say()

    def on_click(self, event: events.Click) -> None:
        place = event.y + self.scroll_offset.y
        if place < len(self.lines):
            self.cursor = place
            self.refresh()
            self._say()

    def _say(self) -> None:
        if self.current is not None:
            self.post_message(self.Moved(self.current))

    def _into_view(self, centre: bool = False) -> None:
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if centre and not top + 1 <= self.cursor < top + height - 3:
            self.scroll_to(y=max(self.cursor - height // 3, 0), animate=False, force=True)
        elif self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.refresh()
        if has_focus:
            self._say()

    # Painting

    def render_line(self, y: int) -> Strip:
        strip, here = self._line(y), y + self.scroll_offset.y == self.cursor and bool(self.lines)
        return edged(strip, self._style("plain") + self._colour("edge")) if self.has_focus and not here else strip

    def _line(self, y: int) -> Strip:
        place, width = y + self.scroll_offset.y, self.room
        if place >= len(self.lines):
            return Strip.blank(width, self._style("plain"))
        line, here = self.lines[place], place == self.cursor
        if line.hidden:
            note = self.rows[line.row].note
            what = f"lines: {note}" if note else "equal lines"
            return self._whole(f" {drawn('  ···', '  ...')}  {line.hidden} {what} (x opens)", "muted", width, here)
        if not self.two_sides:
            return self._cell(self.rows[line.row], line, width, here, left=None)
        left = self._cell(self.rows[line.row] if line.row >= 0 else None, line, self.split, here, left=True)
        right_row = self.rows[line.right] if line.right >= 0 else None
        if line.row >= 0 and self.rows[line.row].kind == "waits":
            right = self._waits_beside(self.rows[line.row], line, width - self.split - 1, here)
        else:
            right = self._cell(right_row, line, width - self.split - 1, here, left=False)
        return Strip.join([left, Strip([Segment(drawn("│", "|"), self._style("muted"))]), right])

    def _cell(self, row: DiffRow | None, line: Shown, width: int, here: bool, *, left: bool | None) -> Strip:
        """One row in `width` columns: as a whole line, or as the left or the right half."""
        if row is None:
            return self._whole(" ", "plain", width, here and left is True)
        if row.kind == "returns":
            return self._whole(f"   {RETURNS} {row.note}", "returns", width, here)
        number = row.right_number if left is False or not row.left_number else row.left_number
        text = row.right if left is False or not row.left_number else row.left
        kind = row.kind if row.kind != "equal" else "plain"
        glyph = str(GLYPHS[kind]) if kind in GLYPHS else " "
        said = WAITS.word if kind == "waits" and left is None else str(number)
        mark = pointer(self.has_focus) if here and left is not False else " "
        note = row.note if row.kind in ("in", "out") and self._begins_note(line, row) else ""
        return self._painted(f"{mark}{glyph} {said:>5} ", text, kind, width, here, note)

    def _begins_note(self, line: Shown, row: DiffRow) -> bool:
        """Whether the row above does not say the same."""
        place = line.right if row.kind == "in" and line.right >= 0 else line.row
        return not place or self.rows[place - 1].note != row.note

    def _waits_beside(self, row: DiffRow, line: Shown, width: int, here: bool) -> Strip:
        said = f" {WAITS} {WAITS.word} {RETURNS} {row.note}" if line.heads else f" {WAITS}"
        if cell_len(said) > width:
            # App and number are enough to know the file by.
            said = said.replace(row.target, row.target.partition("_")[0])
        style = self._style("cursor") if here else self._style("waits") + self._colour("returns")
        return self._fitted(said, style, width)

    def _whole(self, text: str, kind: str, width: int, here: bool) -> Strip:
        return self._fitted(
            f"{pointer(self.has_focus)}{text[1:]}" if here else text, self._style("cursor" if here else kind), width
        )

    @staticmethod
    def _fitted(text: str, style: Style, width: int) -> Strip:
        text = printable(text)
        if cell_len(text) > width:
            text = set_cell_size(text, max(width - 1, 0)) + drawn("…", ">")
        return Strip([Segment(set_cell_size(text, width), style)], width)

    def _painted(self, gutter: str, text: str, kind: str, width: int, here: bool, note: str) -> Strip:
        """Gutter and code in colours, the code scrolled sideways; cut code ends in dots."""
        base = self._style("cursor") if here else self._style(kind)
        segments = [
            Segment(piece, base if here or not token else base + self._colour(token)) for piece, token in pieces(text)
        ]
        code = Strip(segments)
        room = max(width - GUTTER, 0)
        cut = code.cell_length - self.offset_x > room
        shown = code.crop_extend(self.offset_x, self.offset_x + room - cut, base)
        if note and not cut and code.cell_length + len(note) + 4 <= room:
            kept = shown.crop(0, room - len(note) - 1)
            shown = Strip.join([kept, Strip([Segment(f"{note} ", base if here else base + self._colour("comment"))])])
        first = Segment(gutter.ljust(GUTTER)[:GUTTER], base if here else base + self._colour("muted"))
        parts = [Strip([first]), shown]
        if cut:
            parts.append(Strip([Segment(drawn("…", ">"), base if here else base + self._colour("muted"))]))
        return Strip.join(parts).crop_extend(0, width, base)

    def _style(self, name: str) -> Style:
        """The style of a kind of row, over the background that lies below the widget."""
        if name not in self._styles:
            self._styles[name] = self.get_visual_style(f"diff--{name}").rich_style
        return self._styles[name]

    def _colour(self, name: str) -> Style:
        """Only the foreground of a kind of token."""
        key = f"{name} colour"
        if key not in self._styles:
            self._styles[key] = Style(color=self._style(name).color)
        return self._styles[key]
