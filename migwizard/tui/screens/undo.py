"""Undo: what was done, newest first, what was looked at, and what can be taken back."""

from __future__ import annotations

from typing import ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from migwizard.engine.findings import Finding
from migwizard.engine.previews import UndoAct, UndoPreview
from migwizard.engine.talk import Question
from migwizard.tui.commands import Command
from migwizard.tui.roles import NOTE, OK, STOP, TODO
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.decide import QuestionBox
from migwizard.tui.widgets.facts import FactView
from migwizard.tui.widgets.lines import Line
from migwizard.tui.widgets.rows import Column, RowTable
from migwizard.tui.widgets.rule import Rule
from migwizard.words.counting import count
from migwizard.words.times import clock_of

COLUMNS = (
    Column("at", "Done at", 7, drop=2),
    Column("what", "What was done", 30, flexible=True),
    Column("undone", "What undo does", 28, flexible=True, drop=1),
)
HANG = 8
"""Column of what was found."""
ROLES = {"ok": OK, "note": NOTE, "stop": STOP, "waiting": TODO}
COLOURS = {"stop": "text-error", "note": "text-warning"}


class UndoScreen(StepScreen):
    """Lies across the ride; leaving it changes nothing."""

    STATE = None
    HEADLINE = "Take something back?"
    CSS_PATH = "undo.tcss"
    ACTS: ClassVar[tuple[Command, ...]] = (
        Command("keep", "escape", "keep", "Keep everything as it is, and go on."),
        Command("detail", "d", "detail", "List the files that undo would bring back and remove.", footer=True),
    )

    def compose_main(self) -> ComposeResult:
        yield RowTable(COLUMNS, id="acts")
        yield Rule(id="lookedhead")
        yield FactView(id="looked")
        yield Static(id="backup", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.screen_layout_refresh_signal.subscribe(self, self._share)
        self.watch(self.query_one("#looked"), "scroll_y", self._share, init=False)

    def box(self, question: Question) -> Literal["no", "beside", "instead"]:
        """Always a list of choices, below what was done."""
        preview = question.preview
        return "beside" if isinstance(preview, UndoPreview) and preview.acts else "instead"

    def step_words(self) -> str:
        return "undo"

    def show(self, question: Question) -> None:
        super().show(question)
        preview = question.preview
        if not isinstance(preview, UndoPreview):
            return
        self.query_one("#acts", RowTable).fill([(str(place), _cells(act)) for place, act in enumerate(preview.acts)])
        self.query_one("#looked", FactView).tell([line for found in preview.looked for line in _lines(found)], HANG)
        self.query_one("#backup", Static).update(f" Backup    {preview.backup}" if preview.backup else "")

    def _share(self, _: object = None) -> None:
        """Give what was looked at all the room that the rest leaves, and say where it does not suffice.

        Done after every layout, and again while that changed something: a STOP below the last row in sight would be missed.
        """
        looked, box = self.query_one("#looked", FactView), self.query_one(QuestionBox)
        others = (self.query_one(name) for name in ("#acts", "#lookedhead", "#backup"))
        taken = sum(one.size.height for one in others if one.display) + box.outer_size.height + box.styles.margin.top
        room = max(self.query_one("#main").size.height - taken, 1)
        if looked.styles.max_height is None or looked.styles.max_height.value != room:
            looked.styles.max_height = room
        more = looked.below
        words = f": {count(more, 'more line')} below (Shift+Tab, Down)" if more else ""
        self.query_one("#lookedhead", Rule).update(f"Looked at now{words}")

    def action_keep(self) -> None:
        if self.question is not None:
            self.answer("keep")

    def action_detail(self) -> None:
        self.query_one(QuestionBox).toggle_details()


def _cells(act: UndoAct) -> tuple[str | Text, ...]:
    return clock_of(act.at) if act.at else "-", act.what, act.undone


def _lines(finding: Finding) -> list[Line]:
    role, colour = ROLES[finding.status], COLOURS.get(finding.status, "")
    lines: list[Line] = [(f"{role} {role.word:<4}  {finding.name}: {finding.text}", colour)]
    return [*lines, *((f"{' ' * HANG}{line}", "") for line in finding.detail.splitlines())]
