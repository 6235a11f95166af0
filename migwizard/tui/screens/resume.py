"""A reset that was begun earlier: where it stands, what changed since, and how to go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from migwizard.engine.previews import ResumePreview
from migwizard.engine.states import ORDER, State
from migwizard.engine.talk import Choice, Question
from migwizard.tui.commands import Command
from migwizard.tui.dialogs.reader import ReaderDialog
from migwizard.tui.roles import NOTE, STALE
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.decide import ChoiceList
from migwizard.tui.widgets.frame import WORDS
from migwizard.words.times import ago, duration, local

CHANGES = 5
"""Sentences of what changed that are listed; more are counted."""
LONGEST = 90
"""Columns of a sentence; longer ones are hard to read."""
HEAD = 14
"""Columns of the words at the left."""


class ResumeScreen(StepScreen):
    """Everything shown is the engine's; the words of time are made here, where the clock is."""

    HEADLINE = "You have a reset in progress. Go on?"
    CSS_PATH = "resume.tcss"
    topic = "resume"
    ACTS = (
        Command("", "enter", "choose", "Take the focused choice."),
        Command("detail", "d", "detail", "Read which models, migrations and commits changed.", footer=True),
    )

    def compose_main(self) -> ComposeResult:
        with VerticalScroll(id="facts", can_focus=False):
            yield Static("Comparing with your project ...", id="summary", markup=False)
        yield ChoiceList(id="ways")

    def step_words(self) -> str:
        return "welcome back"

    def box(self, question: Question) -> Literal["no", "beside", "instead"]:
        return "no"

    def actions(self, question: Question) -> tuple[Choice, ...]:
        return ()

    def show(self, question: Question) -> None:
        super().show(question)
        self._tell()
        shown = tuple(choice for choice in question.choices if not choice.shows)
        self.query_one("#ways", ChoiceList).show(replace(question, choices=shown))

    def _tell(self) -> None:
        preview = self.question.preview if self.question is not None else None
        if isinstance(preview, ResumePreview):
            self.query_one("#summary", Static).update(Content("\n").join(self._lines(preview)))

    def on_resize(self) -> None:
        self.call_after_refresh(self._tell)

    def enter(self, question: Question) -> None:
        if self.question is question:
            self.query_one("#ways", ChoiceList).focus()

    def _lines(self, preview: ResumePreview) -> Iterator[Content]:
        stopped = State(preview.stopped or preview.state)
        place = f"{WORDS[stopped]}, step {ORDER.index(stopped) + 1} of {len(ORDER)}"
        now = self.app.wall()  # type: ignore[attr-defined]  # of WizardApp
        then = local(preview.when)
        now = now.astimezone() if now.tzinfo is None else now
        yield self._line("Stopped at", f"{place}, {ago(then, now)}")
        done = ", ".join(WORDS[State(name)] for name in preview.done) or "nothing yet"
        staged = f": {preview.staged} file{'' if preview.staged == 1 else 's'} in staging" if preview.staged else ""
        yield self._line("Done", f"{done}{staged}")
        if preview.decided:
            yield self._line("Decided", ", ".join(preview.decided))
        head = "Changed since"
        for sentence in preview.changed[:CHANGES]:
            yield self._line(head, Content.assemble((f"{NOTE} ", NOTE.style), sentence))
            head = ""
        if len(preview.changed) > CHANGES:
            yield self._line("", f"  +{len(preview.changed) - CHANGES} more")
        if not preview.changed and not preview.applied:
            yield self._line("Changed since", "nothing")
        if preview.stale:
            again = Content("  ").join(
                Content.assemble((f"{STALE} ", STALE.style), WORDS[State(name)]) for name in preview.stale
            )
            time = f", {duration(preview.seconds)}" if preview.seconds else ""
            yield self._line("So again", Content.assemble(again, f"{time}; decisions are kept"))

    def _line(self, head: str, text: str | Content) -> Content:
        """A head and what it says, which goes on below its own beginning."""
        said = Content(text) if isinstance(text, str) else text
        room = (self.query_one("#facts").scrollable_content_region.width or self.app.size.width - 2) - HEAD
        rows = said.wrap(min(room, LONGEST)) if room > HEAD else [said]
        return Content.assemble((f"{head:<{HEAD}}", "$text-muted"), Content(f"\n{'':<{HEAD}}").join(rows))

    def action_detail(self) -> None:
        if self.question is None or not self.question.details:
            self.app.notify("Nothing changed since.")
            return
        self.app.push_screen(ReaderDialog("What changed since", self.question.details, "changed"))
