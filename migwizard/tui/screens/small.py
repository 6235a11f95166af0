"""Shown while the window is too small for the wizard; the screen below keeps everything."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

LEAST = Size(60, 16)


def too_small(size: Size) -> bool:
    """Whether the wizard cannot be drawn in a window of this size."""
    return size.width < LEAST.width or size.height < LEAST.height


class SmallScreen(ModalScreen[None]):
    """Four lines; goes away by itself when the window grows."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("p", "app.plain", "plain"), Binding("q", "app.leave", "quit")]
    DEFAULT_CSS = "SmallScreen { background: $background; }"

    def compose(self) -> ComposeResult:
        yield Static(self._words(), markup=False)

    def on_resize(self) -> None:
        self.query_one(Static).update(self._words())

    def _words(self) -> str:
        size = self.app.size
        return (
            f"This window is {size.width}x{size.height}.\n"
            f"The wizard needs {LEAST.width}x{LEAST.height}.\n"
            "Enlarge it,\n"
            "or press p for plain mode."
        )
