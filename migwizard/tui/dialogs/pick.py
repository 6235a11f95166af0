"""A few choices that belong together, to take one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.markup import escape
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from migwizard.engine.talk import Choice
from migwizard.tui.dialogs.overlay import Overlay


class PickDialog(Overlay[str]):
    """Gives the key of the choice that was taken."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "close", "close", show=False)]
    topic = "dialog.pick"
    DEFAULT_CSS = """
    PickDialog > .box { width: 90; }
    PickDialog OptionList {
        height: auto; max-height: 16; padding: 0; background: transparent; text-wrap: nowrap; text-overflow: ellipsis;
    }
    PickDialog OptionList, PickDialog OptionList:focus { border: none; }
    """

    def __init__(self, headline: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.headline, self.choices = headline, tuple(choices)

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box")
        box.border_title = escape(self.headline)
        with box:
            yield OptionList(*self._options(0), markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def _options(self, marked: int) -> list[Option]:
        return [Option(self._prompt(place, place == marked), id=str(place)) for place in range(len(self.choices))]

    def _prompt(self, place: int, marked: bool) -> Content:
        labels = [f"{choice.words}{' ...' if choice.wants else ''}" for choice in self.choices]
        label = labels[place].ljust(max(map(len, labels)))
        return Content.assemble(f"{'>' if marked else ' '} {label}  ", (self.choices[place].effect, "$text-muted"))

    @on(OptionList.OptionHighlighted)
    def _mark(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        options = self.query_one(OptionList)
        for place in range(len(self.choices)):
            options.replace_option_prompt_at_index(place, self._prompt(place, place == event.option_index))

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self.choices[event.option_index].key)
