"""Is the project ready? What was looked at, line by line as it is found, and the cures of what stands in the way."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Static

from migwizard.engine.findings import Finding
from migwizard.engine.previews import PreflightPreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.commands import Command
from migwizard.tui.dialogs.reader import ReaderDialog
from migwizard.tui.messages import Explained
from migwizard.tui.roles import NOTE, NOW, OK, STOP, WAITS, Role
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.decide import ChoiceList
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import Column, RowTable
from migwizard.tui.widgets.rule import Rule

ROLES: Mapping[str, Role] = {"ok": OK, "note": NOTE, "stop": STOP, "waiting": WAITS, "now": NOW}
COLUMNS = (
    Column("status", "", 7),
    Column("name", "", 9, flexible=True),
    Column("text", "", 20, flexible=True, keep_begin=True),
)
TOPICS = {"Database": "databases"}
"""A finding about one of several databases has the explanation of all."""
OWN = ("refusal:not-switched",)
"""Refusals that need another explanation than the line of the list that they stand in."""
LINES, LINES_NARROW = 8, 2
"""Of the sentence above the cures; `d` shows all of it."""


class PreflightScreen(StepScreen):
    """The list is the engine's; only which line has the focus is ours."""

    STATE = State.PREFLIGHT
    HEADLINE = "Is the project ready? We only look"
    CSS_PATH = "preflight.tcss"
    DECISION_BESIDE = True
    SHOWS_REFUSALS = True
    ACTS = (
        Command("", "enter", "choose", "On a line: go to what can be done; on a cure: take it."),
        Command("again", "r", "again", "Look at everything once more.", footer=True, changes=True),
        Command("detail", "d", "detail", "Read the whole finding.", footer=True),
        Command("to_list", "escape", "list", "Go from the cures back to the list."),
    )

    findings: tuple[Finding, ...] = ()
    looking = ""
    """The name of the check that runs."""

    def compose_main(self) -> ComposeResult:
        with Vertical(id="panes"):
            table = RowTable(COLUMNS, id="findings")
            table.show_header = False
            yield table
            with Vertical(id="below"):
                yield Rule(id="rule")
                yield Static(id="about", markup=False)
                yield ChoiceList(id="cures")
                yield LineView(id="lines")

    @classmethod
    def shows_refusal(cls, question: Question) -> bool:
        return question.state is cls.STATE and isinstance(question.preview, PreflightPreview)

    def box(self, question: Question) -> Literal["no", "beside", "instead"]:
        if question.kind == "refusal" and self.shows_refusal(question):
            return "no"
        return super().box(question)

    # What the engine says

    def begins(self) -> None:
        """The checks begin anew: what was found before does not count."""
        super().begins()
        self.findings, self.looking = (), ""
        if self.is_mounted:
            self._fill()
            self._detail()

    def told(self, event: Event) -> None:
        if event.kind == "finding":
            name = str(event.data["name"])
            found = Finding(name, event.data["status"], event.text, str(event.data.get("detail", "")))
            self.findings = (*(other for other in self.findings if other.name != name), found)
            self.looking = ""
        elif event.kind == "progress" and event.data.get("name"):
            self.looking = str(event.data["name"])
        else:
            return
        self._fill()

    def show(self, question: Question) -> None:
        again = self.question is not None and self.question.id == question.id
        if isinstance(question.preview, PreflightPreview):
            self.findings, self.looking = question.preview.findings, ""
        self._fill()
        super().show(question)
        if not again and (stop := self._first_stop()):
            self.query_one(RowTable).go_to(stop)
        self._detail()

    def enter(self, question: Question) -> None:
        """The cures of the first STOP have the focus at first; where there is none, the main action has it."""
        if self.question is question and question.kind == "refusal" and (stop := self._first_stop()):
            self._focus_cures()
            self._explain(stop)
        else:
            super().enter(question)

    def actions(self, question: Question) -> tuple[Choice, ...]:
        if question.kind != "refusal":
            return super().actions(question)
        again = question.choice("again") or Choice("again", "looks at everything anew")
        return (replace(again, label="Check again"), Choice("continue", "", "Continue"))

    def waits(self, question: Question) -> Mapping[str, str]:
        return {"continue": "no STOP"} if question.kind == "refusal" else {}

    # The list

    def _first_stop(self) -> str:
        return next((finding.name for finding in self.findings if finding.status == "stop"), "")

    def _fill(self) -> None:
        rows = [(finding.name, self._cells(finding.status, finding.name, finding.text)) for finding in self.findings]
        if self.looking and self.looking not in dict(rows):
            rows.append((self.looking, self._cells("now", self.looking, "looking ...")))
        self.query_one(RowTable).fill(rows)

    def _cells(self, status: str, name: str, text: str) -> tuple[Text | str, ...]:
        return ROLES[status].cell(self.app.theme_variables), name, text

    @property
    def focused_finding(self) -> Finding | None:
        """The finding that the list is on."""
        current = self.query_one(RowTable).current
        return next((finding for finding in self.findings if finding.name == current), None)

    @on(DataTable.RowHighlighted, "#findings")
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        self._detail()
        if self.query_one(RowTable).has_focus and (finding := self.focused_finding):
            self._explain(finding.name)

    def _explain(self, name: str) -> None:
        topic = f"preflight.{TOPICS.get(name.partition(' ')[0], name).lower()}"
        if self.question is not None and self.question.id in OWN and name == self._first_stop():
            topic = self.question.id.replace(":", ".")
        self.post_message(Explained(topic))

    @on(DataTable.RowSelected, "#findings")
    def _chosen(self, event: DataTable.RowSelected) -> None:
        if not self._focus_cures():
            self.action_detail()

    def entering(self, table: RowTable) -> str:
        return "cures" if self.has_class("-cures") else "detail" if self.focused_finding else ""

    def _focus_cures(self) -> bool:
        cures = self.query_one("#cures", ChoiceList)
        if not self.has_class("-cures"):
            return False
        cures.focus()
        return True

    # What is below the list

    def cures(self, finding: Finding) -> tuple[Choice, ...]:
        """What can be done about a finding: the choices of its group, and for the first STOP those without one."""
        question = self.question
        if question is None or question.kind != "refusal" or finding.status != "stop":
            return ()
        if finding.name == self._first_stop():
            return tuple(c for c in question.choices if not c.group and c.key != "quit")
        own = tuple(replace(choice, group="") for choice in question.choices if choice.group == finding.name)
        return own + tuple(choice for choice in question.choices if choice.key == "again")

    def _detail(self) -> None:
        """Show the cures of the focused finding, or what there is to read about it."""
        finding = self.focused_finding
        cures = self.cures(finding) if finding else ()
        self.set_class(bool(cures), "-cures")
        self.set_class(finding is not None and bool(finding.detail), "-more")
        if finding is None:
            self.query_one(Rule).update("")
            self.query_one("#about", Static).update("")
            self.query_one("#lines", LineView).show(())
            return
        self.query_one(Rule).update(f"{finding.name}: what you can do" if cures else finding.name)
        self.query_one("#about", Static).update(self._sentence(finding) if cures else "")
        if cures and self.question is not None:
            about = replace(self.question, id=f"{self.question.id}:{finding.name}", choices=cures, default=None)
            self.query_one("#cures", ChoiceList).show(about)
        self._lines(finding)

    def _sentence(self, finding: Finding) -> str:
        preview = self.question.preview if self.question else None
        unchanged = preview.unchanged if isinstance(preview, PreflightPreview) else ""
        sentence = finding.detail.partition("\n")[0].removesuffix(" Nothing was changed.")
        room = max(self.query_one("#below").size.width - 5, 20)
        shown = textwrap.wrap(f"{sentence} {unchanged}".strip(), room)
        most = LINES_NARROW if self.has_class("-narrow") or self.has_class("-tiny") else LINES
        if len(shown) > most:
            shown = [*shown[: most - 1], f"{shown[most - 1]} …"]
        return "\n".join(shown)

    def _lines(self, finding: Finding) -> None:
        view = self.query_one("#lines", LineView)
        width = max(view.size.width - 4, 20)
        text = finding.detail or finding.text
        lines = [line for paragraph in text.splitlines() for line in textwrap.wrap(paragraph, width) or [""]]
        view.show([(line, "") for line in lines])

    def on_resize(self) -> None:
        self.call_after_refresh(self._detail)

    # Keys

    def action_again(self) -> None:
        if self.question is not None and self.question.choice("again"):
            self.answer("again")

    def action_to_list(self) -> None:
        self.query_one(RowTable).focus()

    def action_detail(self) -> None:
        """The whole finding, with what Django or the project wrote."""
        if self.has_class("-deciding") and self.question is not None and self.question.details:
            self.app.push_screen(ReaderDialog(self.question.headline, self.question.details, "finding"))
            return
        finding = self.focused_finding
        if finding is None:
            return
        parts = [finding.text, finding.detail]
        if self.question is not None and finding.name == self._first_stop():
            parts.append(self.question.details)
            preview = self.question.preview
            if isinstance(preview, PreflightPreview) and preview.log:
                parts.append(f"Log: {preview.log}")
        self.app.push_screen(ReaderDialog(finding.name, "\n\n".join(part for part in parts if part), "finding"))
