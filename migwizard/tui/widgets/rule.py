"""A line across with a few words at its beginning, above the details of a list."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from migwizard.tui.roles import drawn


class Rule(Widget):
    """One row."""

    DEFAULT_CSS = "Rule { height: 1; width: 1fr; color: $text-muted; }"
    words = ""

    def update(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.refresh()

    def render(self) -> Content:
        line = drawn("─", "-")
        room = max(self.size.width, 0)
        words = Content(f" {line * 2} {self.words} ").truncate(room, ellipsis=True)
        return Content.assemble(words, line * max(room - words.cell_length, 0))
