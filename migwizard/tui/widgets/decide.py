"""A question with its choices as a list of radio buttons, the effect of each beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from migwizard.engine.talk import Choice, Question
from migwizard.tui.messages import Answered
from migwizard.tui.roles import WRITES, drawn
from migwizard.tui.widgets.panes import Reading

LABEL_COLUMNS = 36
"""Longer labels do not push the effects of the others to the right."""
CRAMPED = 24
"""In windows with fewer rows only the marked choice has an effect that needs rows of its own."""
FOLDED = "group:"
"""Before the name of a group: the entry that unfolds it."""


def first_focus(question: Question) -> str | None:
    """The choice that has the focus at first: one that cannot hurt."""
    wanted = (question.default, question.safe)
    for key in wanted:
        choice = question.choice(key) if key else None
        if choice is not None and not (choice.writes or choice.typed):
            return choice.key
    harmless = [choice.key for choice in question.choices if not (choice.writes or choice.typed)]
    return harmless[0] if harmless else None


class ChoiceList(OptionList):
    """The choices; Enter takes the marked one. Groups are folded until they are entered."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "select", "take", show=False)]
    DEFAULT_CSS = """
    ChoiceList { height: 1fr; border: none; padding: 0; background: transparent; }
    ChoiceList:focus { border: none; background: transparent; }
    ChoiceList > .option-list--option { padding: 0; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.question: Question | None = None
        self._open: set[str] = set()
        self._keys: list[str] = []

    def show(self, question: Question) -> None:
        """Show the choices; the marked one stays where the question is the same."""
        same = self.question is not None and self.question.id == question.id
        marked = self.marked if same else None
        if not same:
            self._open = set()
        self.question = question
        self._fill(marked or first_focus(question))

    @property
    def marked(self) -> str | None:
        """The key of the marked choice."""
        return self._keys[self.highlighted] if self.highlighted is not None and self._keys else None

    def _entries(self) -> Iterator[tuple[str, Choice | None]]:
        question = self.question
        if question is None:
            return
        yield from ((choice.key, choice) for choice in question.choices if not choice.group)
        for group in dict.fromkeys(choice.group for choice in question.choices if choice.group):
            yield f"{FOLDED}{group}", None
            if group in self._open:
                yield from ((choice.key, choice) for choice in question.choices if choice.group == group)

    def _fill(self, marked: str | None) -> None:
        self._keys = [key for key, _ in self._entries()]
        index = self._keys.index(marked) if marked in self._keys else 0
        self.clear_options()
        self.add_options(Option(prompt, id=key) for key, prompt in self._prompts(index))
        self.highlighted = index if self._keys else None

    def _prompts(self, marked: int | None) -> Iterator[tuple[str, Content]]:
        entries = list(self._entries())
        labels = [len(_label(choice)) for _, choice in entries if choice is not None]
        column = min(max(labels, default=0), LABEL_COLUMNS)
        for index, (key, choice) in enumerate(entries):
            yield key, self._prompt(key, choice, column, index == marked)

    def _prompt(self, key: str, choice: Choice | None, column: int, marked: bool) -> Content:
        arrow = ">" if marked and self.has_focus else " "
        if choice is None:
            return Content.assemble(arrow, self._group(key.removeprefix(FOLDED)))
        dot = drawn("•", "*") if marked else " "
        indent = "  " if choice.group else ""
        label = f"{arrow}{indent}({dot}) {_label(choice)}"
        room = (self.scrollable_content_region.width or 78) - 1
        left = max(len(label), column + 5 + len(indent)) + 2
        # The bar of the marked line has a colour of its own, on which another one may not be legible.
        muted = "" if marked else "$text-muted"
        if choice.effect and left + len(choice.effect) > room:
            if self.app.size.height < CRAMPED and not marked:
                # All choices in sight are worth more than all effects; that of the marked one is there.
                return Content(label)
            return Content.assemble(label, ("\n" + _folded(choice.effect, room, 5 + len(indent)), muted))
        return Content.assemble(label.ljust(left), (choice.effect, muted))

    def _group(self, group: str) -> str:
        assert self.question is not None
        count = sum(choice.group == group for choice in self.question.choices)
        sign = drawn("▾", "v") if group in self._open else drawn("▸", "+")
        return f"{sign} {group.capitalize()}: {count} more {'choice' if count == 1 else 'choices'}"

    @on(OptionList.OptionHighlighted)
    def _mark(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._redraw()

    def on_resize(self, event: events.Resize) -> None:
        self._redraw()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._redraw()

    def _redraw(self) -> None:
        for index, (_, prompt) in enumerate(self._prompts(self.highlighted)):
            if self.get_option_at_index(index).prompt != prompt:
                self.replace_option_prompt_at_index(index, prompt)

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        key = event.option.id or ""
        if key.startswith(FOLDED):
            self._open ^= {key.removeprefix(FOLDED)}
            self._fill(key)
        else:
            self.post_message(Answered(key))


def _label(choice: Choice) -> str:
    """The words with the marks of what writes and of what opens a dialog."""
    danger = f"{WRITES} " if choice.writes or choice.typed else ""
    dialog = " ..." if choice.writes or choice.typed or choice.wants else ""
    return f"{danger}{choice.words}{dialog}"


class QuestionBox(Vertical):
    """The sentence of a question, its choices, and its details on `d`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "detail", "detail", show=False),
        Binding("escape", "close", "close", show=False),
    ]
    DEFAULT_CSS = """
    QuestionBox { height: 1fr; padding: 0 1; }
    QuestionBox > #sentence { height: auto; margin-bottom: 1; max-width: 90; }
    QuestionBox > #details { height: 1fr; border-top: solid $foreground 30%; margin-top: 1; display: none; }
    QuestionBox.-details > #details { display: block; }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="sentence", markup=False)
        yield ChoiceList()
        yield Reading(soft_wrap=False, id="details")

    def show(self, question: Question) -> None:
        """Show a question; shown again, the marked choice and the open details stay."""
        sentence = self.query_one("#sentence", Static)
        sentence.update(question.text)
        sentence.display = bool(question.text)
        details = self.query_one("#details", Reading)
        if details.text != question.details:
            details.load_text(question.details)
        if not question.details:
            self.remove_class("-details")
        self.query_one(ChoiceList).show(question)

    def action_detail(self) -> None:
        """Show or hide the details."""
        self.toggle_details()

    def action_close(self) -> None:
        """Close the details; without them Escape is for the screen."""
        if not self.has_class("-details"):
            raise SkipAction
        self.toggle_details()

    def toggle_details(self) -> None:
        details = self.query_one("#details", Reading)
        if not details.text:
            self.app.notify("There is nothing more to read about this.")
            return
        self.toggle_class("-details")
        if self.has_class("-details"):
            details.focus()
        else:
            self.focus_choices()

    def focus_choices(self) -> None:
        self.query_one(ChoiceList).focus()


def _folded(text: str, width: int, indent: int) -> str:
    """The text in rows of at most `width` columns, each indented."""
    import textwrap

    return textwrap.fill(text, max(width, indent + 10), initial_indent=" " * indent, subsequent_indent=" " * indent)
