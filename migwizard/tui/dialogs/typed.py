"""A text that a choice wants along."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.markup import escape
from textual.widgets import Button, Input, Static

from migwizard.tui.dialogs.overlay import DialogButton, Overlay


class InputDialog(Overlay[str]):
    """Gives the text; None where it was closed, or left empty though `empty` says nothing of what that would mean."""

    topic = "dialog.text"

    def __init__(self, headline: str, wants: str, text: str = "", value: str = "", *, empty: str = "") -> None:
        super().__init__()
        self.headline, self.wants, self.text, self.value, self.empty = headline, wants, text, value, empty

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box")
        box.border_title = escape(self.headline)
        with box:
            if self.text:
                yield Static(self.text, markup=False)
            yield Static(f"{self.wants[:1].upper()}{self.wants[1:]}:", markup=False)
            yield Input(self.value, placeholder=self.empty, id="text", compact=True)
            with Horizontal(classes="buttons"):
                yield DialogButton("Take it", id="take")
                yield DialogButton("Not yet", id="safe")

    def on_mount(self) -> None:
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#take")
    def _take(self) -> None:
        text = self.query_one(Input).value.strip()
        self.dismiss(text if text or self.empty else None)

    @on(Button.Pressed, "#safe")
    def _not_yet(self) -> None:
        self.dismiss(None)
