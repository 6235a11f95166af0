"""The one question before something is written: the safe answer or the field for a name has the focus, no letter answers it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.markup import escape
from textual.widgets import Button, Input, Label, Static

from migwizard.tui.dialogs.overlay import DialogButton, Overlay


class ConfirmDialog(Overlay[bool]):
    """Gives True only where the other answer was taken on purpose."""

    topic = "confirm"

    def __init__(self, headline: str, text: str, *, safe: str, other: str, typed: str = "") -> None:
        super().__init__()
        self.headline, self.text = headline, text
        self.safe, self.other, self.typed = safe, other, typed
        if typed:
            self.topic = "confirm.typed"

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box")
        box.border_title = escape(self.headline)
        with box:
            yield Static(self.text, markup=False)
            if self.typed:
                yield Label(f"To go on, type its name: {self.typed}", markup=False)
                yield Input(id="typed", compact=True)
            with Horizontal(classes="buttons"):
                yield DialogButton(self.safe, id="safe")
                words = f"{self.other} (type {self.typed})" if self.typed else self.other
                yield DialogButton(words, id="other", disabled=bool(self.typed))

    def on_mount(self) -> None:
        for field in self.query(Input):
            field.cursor_blink = False
        self.query_one("#typed" if self.typed else "#safe").focus()

    @on(Input.Changed, "#typed")
    def _compare(self, event: Input.Changed) -> None:
        self.query_one("#other").disabled = event.value != self.typed

    @on(Input.Submitted, "#typed")
    def _move_on(self, event: Input.Submitted) -> None:
        # Enter in the field never acts: it moves on, to the safe answer where the name is another one.
        self.query_one("#other" if event.value == self.typed else "#safe").focus()

    @on(Button.Pressed, "#safe")
    def _not_yet(self) -> None:
        self.dismiss(False)

    @on(Button.Pressed, "#other")
    def _do_it(self) -> None:
        self.dismiss(True)
