"""Done: what was reached, and what only the person can do now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from migwizard.engine.previews import DonePreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.tui.commands import Command
from migwizard.tui.messages import Answered, CopyWanted
from migwizard.tui.roles import NOTE, OK
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.bars import Bar, Bars, Chart
from migwizard.tui.widgets.facts import FactView
from migwizard.tui.widgets.lines import Line
from migwizard.tui.widgets.rule import Rule

COPY = "copy-commit"
APPS = 10
"""So many apps have a bar of their own."""
DATABASES = 4


class DoneScreen(StepScreen):
    """The last screen, to be proud of."""

    STATE = State.DONE
    HEADLINE = "Same database, fewer files"
    CSS_PATH = "done.tcss"
    ACTS: ClassVar[tuple[Command, ...]] = (
        Command("", "enter", "press", "Press the focused button."),
        Command(
            "copy_commit",
            "y",
            "copy",
            "Copy the git command that commits all of it, and write it to a file.",
            footer=True,
        ),
        Command("save_summary", "s", "save", "Write the summary for the pull request to a file.", footer=True),
    )

    preview: DonePreview | None = None

    def compose_main(self) -> ComposeResult:
        with Vertical(id="figures"):
            yield Bars(id="both")
            yield Static(id="facts", markup=False)
        with Vertical(id="perapp"):
            yield Rule(id="apphead")
            yield Bars(id="apps")
        with Vertical(id="rest"):
            yield Rule(id="lefthead")
            yield FactView(id="left")

    def show(self, question: Question) -> None:
        super().show(question)
        if not isinstance(question.preview, DonePreview):
            return
        self.preview = preview = question.preview
        self.query_one("#both", Bars).show(_both(preview))
        self.query_one("#apps", Bars).show(_apps(preview))
        rest = len(preview.apps) - APPS
        self.query_one("#apphead", Rule).update(
            "Files of each app" + (f", the {APPS} with most; {rest} more" if rest > 0 else "")
        )
        self.query_one("#facts", Static).update("\n".join(_facts(preview)))
        self.query_one("#lefthead", Rule).update("What is left for you")
        width = max((len(what) for what, _ in preview.left), default=0)
        self.query_one("#left", FactView).tell(list(_left(preview, width)), width + 4)

    def actions(self, question: Question) -> tuple[Choice, ...]:
        by_key = {choice.key: choice for choice in question.choices}
        copy = Choice(COPY, "copies it, and writes it to a file", "Copy commit command")
        shown = [by_key.get("summary"), copy if "message" in by_key else None, by_key.get("continue")]
        return tuple(choice for choice in shown if choice is not None)

    def on_answered(self, message: Answered) -> None:
        """Copying is no answer: nothing of it concerns the engine."""
        if message.answer == COPY:
            message.stop()
            self.action_copy_commit()

    def action_copy_commit(self) -> None:
        if self.preview is not None:
            self.post_message(CopyWanted(self.preview.commit, "commit-command.txt"))

    def action_save_summary(self) -> None:
        if self.preview is not None:
            self.post_message(CopyWanted(self.preview.summary, "summary.md", clipboard=False))


def _both(preview: DonePreview) -> list[Chart]:
    return [
        Chart(
            "Migration files",
            (
                Bar("before", str(preview.files_before), preview.files_before),
                Bar("after", str(preview.files_after), preview.files_after),
            ),
        ),
        *_work(preview),
    ]


def _work(preview: DonePreview) -> list[Chart]:
    """What a migrate from zero spends its time on; seconds would tell of this machine."""
    if not preview.rendered_before:
        return []
    bars = (("before", preview.rendered_before), ("after", preview.rendered_after))
    return [
        Chart("Models rendered by migrate from zero", tuple(Bar(when, f"{count:,}", count) for when, count in bars))
    ]


def _apps(preview: DonePreview) -> list[Chart]:
    """One scale for all of them: a bar each, before and after."""
    most = max((max(before, after) for _, before, after in preview.apps), default=0)
    return [
        Chart(label, (Bar("before", str(before), before), Bar("after", str(after), after)), most)
        for label, before, after in preview.apps[:APPS]
    ]


def _facts(preview: DonePreview) -> list[str]:
    facts = [f" Certificate   {NOTE if preview.decided else OK} {preview.proof}"]
    if preview.made:
        facts.insert(0, f" Files after   {preview.made}")
    if preview.operations:
        facts.append(f" Old data      {preview.operations}")
    shown = [f"{alias} {OK if says == 'switched' else NOTE} {says}" for alias, says in preview.databases]
    if len(shown) > DATABASES:
        switched = sum(says == "switched" for _, says in preview.databases)
        shown = [f"{switched} of {len(shown)} switched", *shown[: DATABASES - 1], f"{len(shown) - DATABASES + 1} more"]
    facts.append(f" Databases     {'   '.join(shown) or 'none is named by the settings'}")
    if preview.seconds_ride:
        facts.append(f" Computing     {_duration(preview.seconds_ride)}, all steps together")
    return facts


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{round(seconds / 60)} min"


def _left(preview: DonePreview, width: int) -> Iterator[Line]:
    for number, (what, how) in enumerate(preview.left, 1):
        yield f"{number} {what:<{width}}  {how}", ""
