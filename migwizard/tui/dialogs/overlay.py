"""What all dialogs share: a frame in the middle, Escape closes the top one and changes nothing."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Button

from migwizard.tui.roles import speaks_utf8
from migwizard.words.explain import explain

T = TypeVar("T")


class Overlay(ModalScreen[T]):
    """A dialog; closed without an answer it gives None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", show=False),
        Binding("left", "app.focus_previous", "", show=False),
        Binding("right", "app.focus_next", "", show=False),
        Binding("question_mark,f1", "explain", "explain", show=False),
        Binding("colon,ctrl+p", "all", "all", show=False),
    ]
    topic = ""
    """Of the explanation; every dialog has one but the explanation itself."""
    DEFAULT_CSS = """
    Overlay { align: center middle; background: $background 60%; }
    Overlay > .box {
        width: 70; max-width: 96%; height: auto; max-height: 90%; padding: 0 1; background: $surface;
        border: ascii $primary; border-title-color: $foreground; border-title-style: bold;
    }
    Overlay.-drawn > .box { border: round $primary; }
    Overlay Input { background: $panel; margin: 0; }
    Overlay .buttons { height: auto; margin-top: 1; }
    """

    def on_mount(self) -> None:
        self.set_class(speaks_utf8(), "-drawn")

    def action_close(self) -> None:
        self.dismiss(None)

    def action_all(self) -> None:
        """Close this, and list every command; where a text is typed, a colon is a part of it."""
        self.dismiss(None)
        self.app.call_later(self.app.action_palette)  # type: ignore[attr-defined]  # of WizardApp

    def action_explain(self) -> None:
        """Lay the explanation of this dialog over it; it is still open afterwards."""
        from migwizard.tui.dialogs.explain import ExplainDialog

        def more(answer: str | None) -> None:
            if answer:
                word = answer.removeprefix("word:") if answer.startswith("word:") else ""
                self.app.action_word(word)  # type: ignore[attr-defined]  # of WizardApp

        self.app.push_screen(ExplainDialog(explain(self.topic)), more)


class DialogButton(Button):
    """A button that shows its focus by a mark as well."""

    DEFAULT_CSS = """
    DialogButton { height: 1; min-width: 0; border: none; background: transparent; color: $foreground; margin-right: 2; }
    DialogButton:hover { background: $panel; border: none; }
    DialogButton:focus { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; border: none; }
    DialogButton:disabled { color: $text-muted; background: transparent; border: none; }
    DialogButton:ansi.-style-default { border: none; }
    DialogButton:ansi.-style-default:focus {
        border: none; background: $block-cursor-background; color: $block-cursor-foreground;
    }
    """

    def __init__(self, words: str, *, id: str, disabled: bool = False) -> None:
        super().__init__(Content(words), id=id, compact=True, disabled=disabled)
        # The stylesheet takes no 0 for this.
        self.styles.line_pad = 0
        self.words = words

    @property
    def text(self) -> str:
        return f"{'>' if self.has_focus else ' '}[ {self.words} ]"

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return Content(self.text).cell_length

    def render(self) -> Content:
        return Content(self.text)
