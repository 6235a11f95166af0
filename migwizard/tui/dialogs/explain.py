"""The whole explanation of what has the focus; a second `?` opens the help."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from migwizard.tui.dialogs.overlay import Overlay
from migwizard.tui.messages import CopyWanted
from migwizard.tui.widgets.explain import NOTHING, first_word, full
from migwizard.tui.widgets.panes import Pane
from migwizard.words.explain.text import Explain


class ExplainDialog(Overlay[str]):
    """Gives "help" where more is wanted, "word:..." where a word was clicked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "help", show=False),
        Binding("y", "copy", "copy", show=False),
        Binding("enter,q", "close", "close", show=False),
    ]
    DEFAULT_CSS = """
    ExplainDialog Pane { height: auto; max-height: 18; }
    ExplainDialog #keys { height: 1; color: $text-muted; margin-top: 1; }
    """

    def __init__(self, explain: Explain | None) -> None:
        super().__init__()
        self.explain = explain or NOTHING

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box")
        box.border_title = "Explain"
        with box:
            with Pane():
                yield Static(full(self.explain))
            copies = "  y copy the command" if self.explain.command else ""
            yield Static(f"Esc close  ? help and glossary{copies}", id="keys")

    def on_mount(self) -> None:
        self.query_one(Pane).focus()

    def action_help(self) -> None:
        word = first_word(f"{self.explain.what} {self.explain.why}")
        self.dismiss(f"word:{word}" if word else "help")

    def action_copy(self) -> None:
        if self.explain.command:
            self.post_message(CopyWanted(self.explain.command, "command"))
