"""From an answer on a screen to the engine: dialogs for what writes, wants a text, or only shows one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from migwizard.engine.states import State
from migwizard.engine.talk import MARK, Choice, Question
from migwizard.tui.messages import Answered, Marked
from migwizard.tui.standing import Standing
from migwizard.tui.stopping import ID as STOPPED
from migwizard.tui.stopping import before
from migwizard.tui.widgets.frame import WORDS

if TYPE_CHECKING:
    from textual.app import App

    from migwizard.engine.process import Ended
    from migwizard.tui.app import EnginePort
    from migwizard.tui.dialogs.confirm import ConfirmDialog

    Base = App[Ended]
else:
    Base = object

UNIVERSAL = ("back", "undo", "quit")
"""Answers that every question of the engine takes."""


class Answering(Base):
    """The part of the app that answers."""

    question: Question | None
    standing: Standing
    engine: EnginePort | None
    double_press: float
    monotonic: Callable[[], float]
    sent: Callable[[str], None]
    _busy = False
    _pressed_at = float("-inf")
    """When the last answer was sent, or dropped as a double press."""

    def on_answered(self, message: Answered) -> None:
        """An answer of the person; taken once a question, and not twice in one press."""
        question = self.question
        if question is None or self._busy:
            return
        now = self.monotonic()
        if now - self._pressed_at < self.double_press:
            self._pressed_at = now
            return
        choice = question.choice(message.answer)
        if choice is None:
            if message.answer in UNIVERSAL:
                self._hand_over(question, message.answer)
            elif self.standing.look:
                self.notify("The reset is only looked at: nothing can be changed here.")
            return
        if not (choice.shows or choice.writes or choice.typed or (choice.wants and "=" not in message.answer)):
            self._hand_over(question, message.answer)
            return
        self._busy = True
        self.run_worker(self._with_dialog(question, choice, message.answer), group="answer")

    def on_marked(self, message: Marked) -> None:
        """The engine keeps a mark; the question stays open."""
        if self.question is not None and self.question.id != STOPPED and self.engine is not None:
            self.engine.answer(f"{MARK}{message.text}")

    def _hand_over(self, question: Question, answer: str) -> None:
        self._pressed_at = self.monotonic()
        if answer == "back":
            self._say_back(question)
        self.sent(answer)

    def _say_back(self, question: Question) -> None:
        choice = question.choice("back")
        if question.id == STOPPED or (choice is not None and choice.writes) or question.state is State.PREFLIGHT:
            return
        if question.kind == "review" and question.id.startswith("review:"):
            self.notify(f"Back to {WORDS[before(question.state)]}. Nothing was undone; your choices are kept.")

    async def _with_dialog(self, question: Question, choice: Choice, answer: str) -> None:
        try:
            given = await self._asked_again(question, choice, answer)
        finally:
            self._busy = False
        if given is not None and self.question is question:
            self._hand_over(question, given)

    async def _asked_again(self, question: Question, choice: Choice, answer: str) -> str | None:
        """The answer after its dialogs; None where the person thought better of it, or only read."""
        from migwizard.tui.dialogs.reader import ReaderDialog
        from migwizard.tui.dialogs.typed import InputDialog

        if choice.shows:
            await self.push_screen_wait(
                ReaderDialog(choice.words, choice.shows, f"{question.state.value}-{choice.key}")
            )
            return None
        if choice.wants and "=" not in answer:
            dialog = InputDialog(choice.words, choice.wants, choice.effect, empty=choice.empty)
            # A closed dialog gives None, which Textual does not say of its type.
            text = cast("str | None", await self.push_screen_wait(dialog))
            if text is None:
                return None
            answer = f"{choice.key}={text}"
        if (choice.writes or choice.typed) and not await self.push_screen_wait(confirm(question, choice)):
            return None
        return answer


def confirm(question: Question, choice: Choice) -> ConfirmDialog:
    """The dialog before a choice that writes: what changes, and how it is taken back."""
    from migwizard.tui.dialogs.confirm import ConfirmDialog

    headline = choice.words.rstrip("?.") + "?"
    effect = choice.effect[:1].upper() + choice.effect[1:]
    said = [effect if effect.endswith((".", "?")) else f"{effect}."]
    if choice.writes:
        said.append(f"This changes {choice.writes}.")
    return ConfirmDialog(headline, "\n".join(said), safe="Not yet", other=choice.words, typed=choice.typed)
