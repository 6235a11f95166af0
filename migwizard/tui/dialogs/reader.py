"""A text to read: scroll, copy it, save it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.markup import escape
from textual.widgets import Static

from migwizard.tui.dialogs.overlay import Overlay
from migwizard.tui.messages import CopyWanted
from migwizard.tui.widgets.panes import Reading


class ReaderDialog(Overlay[None]):
    """Shows a text; answers nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", show=False),
        Binding("s", "save", "save", show=False),
        Binding("q", "close", "close", show=False),
    ]
    topic = "dialog.read"
    DEFAULT_CSS = """
    ReaderDialog > .box { width: 96%; height: 90%; }
    ReaderDialog Reading { height: 1fr; }
    ReaderDialog Static { height: 1; color: $text-muted; }
    """

    def __init__(self, headline: str, text: str, name: str = "") -> None:
        super().__init__()
        self.headline, self.text = headline, text
        self.file_name = name or headline

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box")
        box.border_title = escape(self.headline)
        with box:
            yield Reading(self.text)
            yield Static("Esc close  y copy  s save to a file")

    def on_mount(self) -> None:
        self.query_one(Reading).focus()

    def action_copy(self) -> None:
        self.post_message(CopyWanted(self.text, self.file_name))

    def action_save(self) -> None:
        self.post_message(CopyWanted(self.text, self.file_name, clipboard=False))
