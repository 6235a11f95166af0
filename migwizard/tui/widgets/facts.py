"""Facts in two columns, a word and what it says; a long one goes on below its own beginning."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from textual.geometry import Size

from migwizard.tui.widgets.lines import MARK, Line, LineView

MARGIN = 3
"""Columns that a line view keeps for its mark and its scroll bar."""


class FactView(LineView):
    """`hang` is the column at which folded lines go on."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, folds=True)
        self.hang = 0

    def tell(self, lines: Sequence[Line], hang: int) -> None:
        """Show these facts; the scroll position stays."""
        if hang != self.hang:
            self.hang, self.source = hang, ()
        self.show(lines)

    def _lay_out(self) -> None:
        self.found = -1
        self.lines = tuple(folded(self.source, self.size.width - MARGIN, self.hang))
        self.virtual_size = Size(max((len(text) for text, _ in self.lines), default=0) + MARK, len(self.lines))
        self.refresh()


def folded(lines: Sequence[Line], width: int, hang: int) -> list[Line]:
    """Lines of at most `width` columns; as they are where there is no room to fold them."""
    if width < hang + 12:
        return list(lines)
    found: list[Line] = []
    for text, colour in lines:
        rows = wrap(text, width, subsequent_indent=" " * hang, break_on_hyphens=False) if len(text) > width else [text]
        found += [(row, colour) for row in rows]
    return found
