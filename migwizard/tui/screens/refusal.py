"""Something stands in the way: what, what is unchanged, and the cures with what each does."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from migwizard.engine.previews import PreflightPreview, RefusalPreview
from migwizard.engine.talk import Choice, Question
from migwizard.tui.commands import Command
from migwizard.tui.editor import edit
from migwizard.tui.messages import Answered
from migwizard.tui.roles import OK, STOP
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.decide import ChoiceList
from migwizard.tui.widgets.frame import step_of
from migwizard.tui.widgets.panes import Reading

EDITED = "edited"
"""The engine's choice that runs what was changed."""
TRACEBACK = "Traceback (most recent call last)"
"""Details with one are opened by a person only, however tall the terminal is."""
EDIT = Choice(
    "edit",
    "your project's own file stays as it is; what you change is run when you leave the editor",
    "Edit in $EDITOR",
)


class RefusalScreen(StepScreen):
    """The choices are the engine's; only whether the details are open is ours."""

    CSS_PATH = "refusal.tcss"
    ACTS = (
        Command("", "enter", "choose", "Take the focused choice."),
        Command("edit", "e", "edit", "Change the file that this is about in your editor, then run it."),
        Command("detail", "d", "detail", "Open or close the details: traceback, messages, output.", footer=True),
        Command("to_choices", "escape", "choices", "Go from the details back to the choices."),
    )

    def compose_main(self) -> ComposeResult:
        with Vertical(id="told"):
            yield Static(id="about", markup=False)
            yield Static(id="unchanged", markup=False)
        yield ChoiceList(id="cures")
        yield Reading(id="reading")
        yield Static(id="log", markup=False)

    def box(self, question: Question) -> Literal["no", "beside", "instead"]:
        return "no"

    def actions(self, question: Question) -> tuple[Choice, ...]:
        return ()

    def step_words(self) -> str:
        return step_of(self.question.state) if self.question is not None else ""

    def show(self, question: Question) -> None:
        again = self.question is not None and self.question.id == question.id
        super().show(question)
        preview = question.preview
        sentence, unchanged, log = question.text, "", ""
        if isinstance(preview, RefusalPreview):
            sentence, unchanged, log = preview.sentence, preview.unchanged, preview.log
        elif isinstance(preview, PreflightPreview):
            sentence, unchanged, log = question.text.partition("\n")[0], preview.unchanged, preview.log
        self.query_one("#about", Static).update(Content.assemble((f"{STOP} ", STOP.style), sentence))
        self.query_one("#unchanged", Static).update(
            Content.assemble((f"{OK} ", OK.style), unchanged) if unchanged else ""
        )
        self.query_one("#log", Static).update(f"Log: {log}" if log else "")
        details = self.query_one("#reading", Reading)
        is_traceback = TRACEBACK in question.details
        if details.text != question.details:
            details.load_text(question.details)
            if is_traceback:
                # What failed stands at its end.
                self.call_after_refresh(details.scroll_end, animate=False)
        if not again:
            self.remove_class("-details")
        self.set_class(bool(question.details) and not is_traceback, "-more")
        self.set_class(bool(log), "-log")
        shown = (EDIT, *question.choices) if self._file else question.choices
        self.query_one("#cures", ChoiceList).show(replace(question, choices=shown))

    @property
    def _file(self) -> str:
        """What the person may change here."""
        preview = self.question.preview if self.question else None
        return preview.edits if isinstance(preview, RefusalPreview) else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "edit" and not self._file:
            return False
        if action == "detail" and self.question is not None and not self.question.details:
            return None
        return super().check_action(action, parameters)

    def on_answered(self, message: Answered) -> None:
        """The editor is ours; all else goes to the engine."""
        if message.answer == EDIT.key:
            message.stop()
            self.action_edit()

    def action_edit(self) -> None:
        if edit(self.app, self._file, EDITED):
            self.answer(EDITED)

    def enter(self, question: Question) -> None:
        if self.question is question:
            self.query_one("#cures", ChoiceList).focus()

    def action_detail(self) -> None:
        if self.question is None or not self.question.details:
            self.app.notify("There is nothing more to read about this.")
            return
        self.toggle_class("-details")
        if self.has_class("-details"):
            self.query_one("#reading", Reading).focus()
        else:
            self.action_to_choices()

    def action_to_choices(self) -> None:
        self.query_one("#cures", ChoiceList).focus()
