"""A table whose focused row is marked by a bar and `>` (a dot where the focus is elsewhere), which keeps cursor and scroll when its rows are shown anew."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.widgets import DataTable
from textual.widgets.data_table import CellDoesNotExist

from migwizard.tui.roles import pointer

Cell = str | Text
_MARK = "mark"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; those with the greatest `drop` go first when it is narrow."""

    key: str
    label: str
    width: int
    right: bool = False
    flexible: bool = False
    """Whether it grows to its longest text where there is room; the first one first, the last one to the end."""
    drop: int = 0
    """0: is never left out."""
    keep_begin: bool = False
    """Whether a text that is too long loses its end, as lists do, and not its middle, as names do."""


NUMBERED = re.compile(r"\w+[./]\d{4}")
"""What tells migrations of an app apart, at the beginning of a name: "shop.0012"."""
LEAST_END = 6
"""Columns that stay for the end of a name, whatever its beginning is."""


def middle(text: str, width: int) -> str:
    """The text in at most `width` columns, cut in its middle, behind the number of a migration where there is room."""
    if len(text) <= width or width < 3:
        return text[:width]
    head, numbered = (width - 1) // 2, NUMBERED.match(text)
    if numbered and numbered.end() <= width - 1 - LEAST_END:
        head = max(head, numbered.end())
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"


def fitting(columns: Sequence[Column], room: int, longest: Mapping[str, int]) -> list[tuple[Column, int]]:
    """The columns that fit into `room`, each with its width; two spaces lie between them.

    `longest` is the width of the longest text of a column.
    """
    shown = list(columns)

    def needed() -> int:
        return sum(column.width + 2 for column in shown) + 2

    while needed() > room and any(column.drop for column in shown):
        shown.remove(max(shown, key=lambda column: column.drop))
    spare = room - needed()
    widths = {column.key: column.width for column in shown}
    for column in (column for column in shown if column.flexible):
        wish = max(longest.get(column.key, 0) - column.width, 0)
        grown = min(wish, spare) if spare > 0 else spare
        widths[column.key] = max(column.width + grown, 6)
        spare -= grown
    return [(column, widths[column.key]) for column in shown]


class RowTable(DataTable[Cell]):
    """Rows with a key each. `fill` may be called again at any time: what did not change stays where it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "scroll_top", "", show=False),
        Binding("end", "scroll_bottom", "", show=False),
    ]
    DEFAULT_CSS = """
    RowTable { background: transparent; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; overflow-x: hidden; }
    RowTable > .datatable--header { background: transparent; color: $text-muted; text-style: none; }
    RowTable:ansi > .datatable--header { background: ansi_default; color: ansi_default; text-style: underline; }
    RowTable:ansi > .datatable--cursor { text-style: bold; }
    RowTable > .datatable--odd-row, RowTable > .datatable--even-row { background: transparent; }
    RowTable > .datatable--cursor { background: $panel; color: $foreground; text-style: none; }
    RowTable:focus > .datatable--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    """

    def __init__(self, columns: Sequence[Column], *, id: str) -> None:
        super().__init__(id=id, cursor_type="row", zebra_stripes=False, cell_padding=0, header_height=1)
        self.all_columns = tuple(columns)
        self._rows: dict[str, tuple[Cell, ...]] = {}
        self._shown: list[tuple[Column, int]] = []
        self._marked = ""
        self._mark_said = ""
        self._height = 0

    @property
    def current(self) -> str:
        """The key of the focused row; empty where there is none."""
        keys = list(self._rows)
        return keys[self.cursor_row] if 0 <= self.cursor_row < len(keys) else ""

    @property
    def cut(self) -> frozenset[str]:
        """Keys of the columns that do not show the whole text of the focused row: what is about the row has to say it."""
        widths, cells = {column.key: width for column, width in self._shown}, self._rows.get(self.current, ())
        pairs = zip(self.all_columns, cells, strict=False) if widths else ()
        return frozenset(column.key for column, cell in pairs if len(cell) > widths.get(column.key, 0))

    def fill(self, rows: Sequence[tuple[str, tuple[Cell, ...]]]) -> None:
        """Show these rows, (key, a cell for each column)."""
        fresh = dict(rows)
        if list(fresh.items()) == list(self._rows.items()) and self._shown:
            return
        same_keys = list(fresh) == list(self._rows)
        before, self._rows = self._rows, fresh
        if self._fitting() != self._shown:
            self._lay_out()
        elif not self._shown:
            # Not on the screen yet: it is laid out when it gets its size.
            return
        elif same_keys:
            for key, cells in fresh.items():
                if cells != before[key]:
                    self._update(key, cells)
        else:
            self._draw()

    def go_to(self, key: str) -> bool:
        """Move the cursor to a row."""
        keys = list(self._rows)
        if key not in self._rows:
            return False
        self.move_cursor(row=keys.index(key), animate=False)
        return True

    def find(self, text: str, step: int = 1, here: bool = False) -> bool:
        """Move the cursor to the next row (the previous one with a step of -1) whose key has the text."""
        keys, wanted = list(self._rows), text.lower()
        for distance in range(0 if here else 1, len(keys) + 1):
            place = (self.cursor_row + step * distance) % len(keys)
            if wanted in keys[place].lower():
                self.move_cursor(row=place, animate=False)
                return True
        return False

    def on_resize(self, event: events.Resize) -> None:
        lower, self._height = event.size.height < self._height, event.size.height
        if self._fitting() != self._shown:
            self._lay_out()
        elif lower:
            # What stands below, which took the room, is about the focused row.
            self.call_after_refresh(self._scroll_cursor_into_view)

    def _fitting(self) -> list[tuple[Column, int]]:
        if not self.size.width:
            return self._shown
        longest: dict[str, int] = {}
        for cells in self._rows.values():
            for column, cell in zip(self.all_columns, cells, strict=True):
                longest[column.key] = max(longest.get(column.key, 0), len(cell))
        return fitting(self.all_columns, self.size.width - 1, longest)

    def _lay_out(self) -> None:
        """Make the columns for the width that there is, and all rows anew."""
        self._shown = self._fitting()
        if not self._shown:
            return
        current, top = self._marked, self.scroll_y
        self.clear(columns=True)
        self.add_column("", width=2, key=_MARK)
        for column, width in self._shown:
            label = column.label.rjust(width) if column.right else column.label
            self.add_column(Text(label), width=width + 2, key=column.key)
        self._draw(current, top)

    def _draw(self, current: str = "", top: float | None = None) -> None:
        current = current or self._marked
        top = self.scroll_y if top is None else top
        row = self.cursor_row
        self.clear()
        self._marked = ""
        for key, cells in self._rows.items():
            self.add_row(Text("  "), *self._cells(cells), key=key)
        keys = list(self._rows)
        if keys:
            self.move_cursor(
                row=keys.index(current) if current in self._rows else min(row, len(keys) - 1), scroll=False
            )
            self._mark()
            self.scroll_to(y=top, animate=False, force=True)
            self.call_after_refresh(self._scroll_cursor_into_view)

    def _cells(self, cells: tuple[Cell, ...]) -> list[Text]:
        by_key = dict(zip((column.key for column in self.all_columns), cells, strict=True))
        found = []
        for column, width in self._shown:
            cell = by_key[column.key]
            text = Text(cell) if isinstance(cell, str) else cell.copy()
            if text.cell_len > width:
                style = text.style
                cut = f"{text.plain[: width - 1]}…" if column.keep_begin else middle(text.plain, width)
                text = Text(cut, style)
            if column.right:
                text = Text(" " * (width - text.cell_len)) + text
            found.append(text)
        return found

    def _update(self, key: str, cells: tuple[Cell, ...]) -> None:
        for (column, _), cell in zip(self._shown, self._cells(cells), strict=True):
            self.update_cell(key, column.key, cell)

    def on_data_table_row_highlighted(self) -> None:
        self._mark()

    def _mark(self) -> None:
        """Put `>` before the focused row."""
        current, said = self.current, f"{pointer(self.has_focus)} "
        if (current == self._marked and said == self._mark_said) or not self._shown:
            return
        keys = list(self._rows)
        for key, mark in ((self._marked, "  "), (current, said)):
            if key in self._rows:
                try:
                    self.update_cell_at(Coordinate(keys.index(key), 0), Text(mark))
                except CellDoesNotExist:
                    continue
        self._marked, self._mark_said = current, said

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._mark()
