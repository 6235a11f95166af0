"""Where a list stands when the window changes: the cursor stays in sight, and comes back to its place."""

from __future__ import annotations

from typing import Any

from textual.geometry import Offset
from textual.widget import Widget
from textual.widgets import DataTable, OptionList, Tree

Place = tuple[object, Offset]


class Places:
    """Remembers (cursor, scroll offset) of lists over resizes."""

    def __init__(self) -> None:
        self._kept: dict[Widget, Place] = {}

    def remember(self, root: Widget) -> None:
        """Before a resize: a place counts until the person moves the cursor."""
        lists = [widget for widget in root.query("*") if isinstance(widget, (DataTable, OptionList, Tree))]
        kept = self._kept
        self._kept = {}
        for widget in lists:
            cursor = _cursor(widget)
            old = kept.get(widget)
            self._kept[widget] = old if old is not None and old[0] == cursor else (cursor, widget.scroll_offset)

    def restore(self) -> None:
        """After a resize."""
        for widget, (_, offset) in self._kept.items():
            if widget.is_attached and widget.size.height:
                widget.scroll_to(offset.x, offset.y, animate=False, immediate=True)
                _show_cursor(widget)


def _cursor(widget: DataTable[Any] | OptionList | Tree[Any]) -> object:
    if isinstance(widget, OptionList):
        return widget.highlighted
    return widget.cursor_coordinate if isinstance(widget, DataTable) else widget.cursor_line


def _show_cursor(widget: Widget) -> None:
    if isinstance(widget, OptionList):
        if widget.highlighted is not None:
            widget.scroll_to_highlight()
    elif isinstance(widget, Tree):
        widget.scroll_to_line(widget.cursor_line, animate=False)
    elif isinstance(widget, DataTable):
        row, top, height = widget.cursor_row, int(widget.scroll_y), widget.scrollable_content_region.height
        head = widget.header_height if widget.show_header else 0
        if row < top:
            widget.scroll_to(y=row, animate=False, immediate=True)
        elif row >= top + height - head:
            widget.scroll_to(y=row - height + head + 1, animate=False, immediate=True)
