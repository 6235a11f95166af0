"""The palette: every command and every choice of the open question, with a sentence; what is not possible says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from migwizard.tui.dialogs.overlay import Overlay
from migwizard.tui.widgets.rows import middle


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the palette."""

    id: str
    """ "do:app.back", "answer:continue", "theme:NAME"."""
    words: str
    sentence: str
    key: str = ""
    why_not: str = ""
    """Why it cannot be done now; empty: it can."""


class PaletteScreen(Overlay[str]):
    """Gives the id of the entry that was taken."""

    topic = "dialog.commands"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "", show=False, priority=True),
        Binding("up", "move(-1)", "", show=False, priority=True),
        Binding("pagedown", "move(10)", "", show=False, priority=True),
        Binding("pageup", "move(-10)", "", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    PaletteScreen > .box { width: 100; height: 80%; }
    PaletteScreen OptionList { height: 1fr; border: none; padding: 0; background: transparent; }
    """

    def __init__(self, entries: list[Entry]) -> None:
        super().__init__()
        self.entries = entries
        self.shown: list[Entry] = []

    def compose(self) -> ComposeResult:
        box = Vertical(classes="box")
        box.border_title = "All commands"
        with box:
            yield Input(placeholder="type a part of its words", compact=True)
            yield OptionList(markup=False)

    def on_mount(self) -> None:
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()
        self.query_one(OptionList).can_focus = False
        self._fill("")

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        # Most letters of a word change nothing, and drawing the list anew takes longer than all else that a key does.
        if self._found(event.value) != self.shown:
            self._fill(event.value)

    def _found(self, text: str) -> list[Entry]:
        wanted = text.lower().split()
        found = [e for e in self.entries if all(part in f"{e.words} {e.sentence}".lower() for part in wanted)]
        # Who types a name means that command, and not one whose sentence happens to hold the letters.
        return sorted(found, key=lambda entry: not all(part in entry.words.lower() for part in wanted))

    def _fill(self, text: str) -> None:
        self.shown = self._found(text)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(self._prompt(e), id=e.id, disabled=bool(e.why_not)) for e in self.shown])
        if self.shown:
            options.action_first()

    def on_resize(self, event: events.Resize) -> None:
        self._fill(self.query_one(Input).value)

    @on(OptionList.OptionHighlighted)
    def _mark(self) -> None:
        options = self.query_one(OptionList)
        for index, entry in enumerate(self.shown[: options.option_count]):
            prompt = self._prompt(entry, index == options.highlighted)
            if options.get_option_at_index(index).prompt != prompt:
                options.replace_option_prompt_at_index(index, prompt)

    def _prompt(self, entry: Entry, marked: bool = False) -> Content:
        width = self.query_one(OptionList).scrollable_content_region.width
        column = min(max((len(each.words) for each in self.shown), default=24), max(width * 2 // 5, 24))
        said = f"not now: {entry.why_not}" if entry.why_not else entry.sentence
        left = Content.assemble(
            ">" if marked else " ",
            (f"{entry.key[:6]:>6} ", "" if marked else "$text-accent"),
            f"{middle(entry.words, column):<{column}}  ",
        )
        room = max(width - left.cell_length, 10)
        return Content.assemble(
            left, Content.styled(said, "" if marked else "$text-muted").truncate(room, ellipsis=True)
        )

    def action_move(self, rows: int) -> None:
        options = self.query_one(OptionList)
        steps = options.action_cursor_down if rows > 0 else options.action_cursor_up
        for _ in range(abs(rows)):
            steps()

    @on(Input.Submitted)
    def _take(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None and not self.shown[options.highlighted].why_not:
            self.dismiss(self.shown[options.highlighted].id)

    @on(OptionList.OptionSelected)
    def _click(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)
