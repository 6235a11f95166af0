"""Do old and new build the same database? Both runs live, then the figures, the differences and the certificate."""

from __future__ import annotations

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable

from migwizard.engine.previews import ProofDifference, ProofPreview
from migwizard.engine.states import State
from migwizard.engine.talk import Event, Question
from migwizard.tui.commands import Command
from migwizard.tui.messages import Explained
from migwizard.tui.roles import drawn
from migwizard.tui.screens import proof_detail as detail
from migwizard.tui.screens.folds import GROUP, Fold, folded, turn
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.decide import QuestionBox
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import Column, RowTable
from migwizard.tui.widgets.rule import Rule

PAGE = 50
"""So many differences are listed one by one; more of them are grouped by kind and table."""
FIGURES = (
    Column("state", "", 9),
    Column("what", "", 18, flexible=True, keep_begin=True),
    Column("old", "old history", 15, flexible=True, keep_begin=True),
    Column("new", "new history", 15, flexible=True, keep_begin=True),
    Column("note", "", 13, drop=1),
)
DIFFERENCES = (
    Column("state", "", 10),
    Column("number", "", 5),
    Column("sentence", "", 30, flexible=True, keep_begin=True),
)


class FigureTable(RowTable):
    """Rows to be read only: none of them has the focus."""

    can_focus = False

    def on_mount(self) -> None:
        self.show_cursor = False

    def _mark(self) -> None:
        """No row is marked."""


class ProofScreen(StepScreen):
    """The proof is the engine's; what is unfolded and which view is open is local."""

    STATE = State.PROOF
    HEADLINE = "Do old and new build the same database?"
    CSS_PATH = "proof.tcss"
    DECISION_BESIDE = True
    ACTS = (
        Command("", "enter", "decide", "On a difference: show all of it; on a choice: take it."),
        Command("detail", "d", "detail", "Show both definitions of the focused difference.", footer=True),
        Command("again", "r", "again", "Build both databases and compare them once more.", footer=True, changes=True),
        Command("save", "s", "save", "Save a copy of the report in our own folder.", footer=True, changes=True),
        Command("view", "v", "view", "Switch between the differences and the certificate.", footer=True),
        Command("unfold", "x,space", "unfold", "Open or close a group of differences in a long list."),
        Command("next", "n", "next", "Go to the next difference that is not decided."),
        Command("previous", "p", "previous", "Go to the difference before that is not decided."),
    )

    preview: ProofPreview | None = None
    whole = False
    """Whether both definitions are shown."""
    certificate = False
    """Whether the certificate is shown in place of the differences."""

    def compose_main(self) -> ComposeResult:
        yield FigureTable(FIGURES, id="figures")
        with Vertical(id="panes"):
            with Vertical(id="left"):
                yield Rule(id="listhead")
                yield RowTable(DIFFERENCES, id="differences")
            with Vertical(id="right"):
                yield Rule(id="detailhead")
                yield LineView(id="detail")

    def on_mount(self) -> None:
        super().on_mount()
        self._runs: dict[str, detail.Run] = {}
        self._unfolded: set[str] = set()
        self._comparing = False
        self.query_one("#differences", RowTable).show_header = False
        self._fill()

    # What the engine says

    def show(self, question: Question) -> None:
        first = self.preview is None
        super().show(question)
        if not isinstance(question.preview, ProofPreview):
            return
        self.preview = question.preview
        if question.kind == "review" and (first or not self._errors()):
            self.certificate = not self._errors()
        if question.kind != "review":
            self.certificate = False
        self._fill()
        if question.id.startswith("difference:"):
            self._go_to(question.id)
        self._detail()

    def begins(self) -> None:
        super().begins()
        self.preview = None
        if self.is_mounted:
            self._runs, self._comparing = {}, False
            self._fill()
            self._detail()

    def told(self, event: Event) -> None:
        if event.kind in ("note", "warning") and event.text:
            self.app.notify(event.text)
            return
        if self.waiting or event.kind not in ("progress", "run"):
            return
        data, name = event.data, str(event.data.get("run", ""))
        if name == "compare":
            self._comparing = True
        elif name:
            self._runs[name] = detail.Run(
                int(data.get("number") or 0),
                int(data.get("total") or 0),
                float(data.get("seconds") or 0.0),
                done=event.kind == "run",
                kept=bool(data.get("kept")),
            )
        if self.preview is None:
            self._fill()

    # Figures and differences

    def _errors(self) -> list[ProofDifference]:
        return [item for item in self.preview.differences if item.severity == "error"] if self.preview else []

    def _folds(self) -> list[Fold[ProofDifference]]:
        items = self.preview.differences if self.preview is not None else ()
        here = self.question.id if self.question is not None else ""
        return folded(
            items,
            key=lambda item: item.id or f"D{item.number}",
            group=lambda item: f"{item.kind} {item.table}".strip(),
            first=lambda item: bool(here) and item.id == here,
            unfolded=self._unfolded,
            least=PAGE + 1,
        )

    def _fill(self) -> None:
        variables, figures = self.app.theme_variables, self.query_one("#figures", RowTable)
        table, preview = self.query_one("#differences", RowTable), self.preview
        if preview is None:
            figures.fill(detail.running_rows(self._runs, variables, self._comparing))
            table.fill([])
            self.set_class(True, "-running")
            return
        self.remove_class("-running")
        figures.fill(detail.figure_rows(preview, variables))
        table.fill([(fold.key, self._cells(fold)) for fold in self._folds()])
        self.set_class(not preview.differences, "-equal")
        undecided = sum(map(detail.is_open, preview.differences))
        errors = self._errors()
        notes = len(preview.differences) - len(errors)
        told = detail.groups_of(errors) or "none"
        told += f", and {notes} note{'' if notes == 1 else 's'}" if notes else ""
        waits = f", {undecided} to decide" if undecided else ""
        self.query_one("#listhead", Rule).update(f"Differences: {told}{waits}")
        self.set_class(self.certificate, "-certificate")

    def _cells(self, fold: Fold[ProofDifference]) -> tuple[str | Text, ...]:
        variables = self.app.theme_variables
        if not fold.is_group:
            return detail.difference_cells(fold.items[0], variables)
        sign = drawn("▾", "v") if fold.group in self._unfolded else drawn("▸", "+")
        undecided = sum(map(detail.is_open, fold.items))
        told = f"{fold.group}, {undecided} to decide" if undecided else fold.group
        return f"{sign} group", str(len(fold.items)), told

    def _item(self) -> ProofDifference | None:
        """The focused difference."""
        if self.preview is None:
            return None
        key = self.query_one("#differences", RowTable).current
        return next((item for item in self.preview.differences if key in (item.id, f"D{item.number}")), None)

    def _go_to(self, key: str) -> None:
        table = self.query_one("#differences", RowTable)
        if table.go_to(key) or self.preview is None:
            return
        item = next((item for item in self.preview.differences if key in (item.id, f"D{item.number}")), None)
        if item is not None:
            self._unfolded.add(f"{item.kind} {item.table}".strip())
            self._fill()
            table.go_to(key)

    def _detail(self) -> None:
        shown, head, preview = self.query_one("#detail", LineView), self.query_one("#detailhead", Rule), self.preview
        room = max(shown.size.width - 3, 20)
        item = self._item()
        if preview is None:
            head.update("")
            shown.show([])
            return
        if self.certificate or item is None:
            head.update(f"Certificate: {preview.path}" if preview.path else "To know")
            shown.show(detail.certificate_lines(preview, room))
        else:
            wide = self.whole or shown.size.height >= 14
            head.update(f"D{item.number}" + ("" if wide else ": d shows both definitions"))
            shown.show(detail.difference_lines(item, room, whole=wide))
        self.post_message(Explained(self._topic_now(item)))

    def _topic_now(self, item: ProofDifference | None) -> str:
        if self.has_class("-deciding"):
            return "proof.difference"
        if self.question is not None and self.preview is not None and self.preview.equal:
            return "proof.equal"
        focused = self.focused.id if self.focused is not None else ""
        return "proof.difference" if item is not None and focused == "differences" else "proof"

    @on(LineView.Resized, "#detail")
    def _has_room(self) -> None:
        """The pane gets its width when it is shown for the first time, and with the window."""
        self._detail()

    @on(DataTable.RowHighlighted, "#differences")
    def _moved(self) -> None:
        self._detail()

    @on(DataTable.RowSelected, "#differences")
    def _selected(self) -> None:
        if self.query_one("#differences", RowTable).current.startswith(GROUP):
            self.action_unfold()
        else:
            self.action_detail()

    def entering(self, table: RowTable) -> str:
        if not table.current:
            return ""
        return "unfold" if table.current.startswith(GROUP) else "detail"

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        super().on_descendant_focus(event)
        if self.preview is not None:
            self._detail()

    # What a person does

    def action_detail(self) -> None:
        if self.has_class("-deciding"):
            self.query_one(QuestionBox).toggle_details()
            return
        self.certificate = False
        self.whole = not self.whole
        self._fill()
        self._detail()

    def action_view(self) -> None:
        if self.preview is None or self.has_class("-deciding"):
            return
        self.certificate = not self.certificate
        self._fill()
        self.query_one("#detail" if self.certificate else "#differences").focus()
        self._detail()

    def action_again(self) -> None:
        if self.question is not None and self.question.choice("again") is not None:
            self.answer("again")

    def action_save(self) -> None:
        if self.question is not None and self.question.choice("save:report") is not None:
            self.answer("save:report")

    def why_not(self, action: str) -> str:
        needed = {"again": "again", "save": "save:report"}.get(action)
        lacks = needed and (self.question is None or self.question.choice(needed) is None)
        return super().why_not(action) or ("there is no finished proof" if lacks else "")

    def action_unfold(self) -> None:
        item = self._item()
        here = f"{item.kind} {item.table}".strip() if item is not None else ""
        turn(self.query_one("#differences", RowTable), self._folds(), here, self._unfolded, self._fill)
        self._detail()

    def action_next(self) -> None:
        self._step(1)

    def action_previous(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        """Go to the next difference that stands in the way."""
        item = self._item()
        here = item.number if item is not None else 0
        waiting = [each for each in self.preview.differences if detail.is_open(each)] if self.preview else []
        if not waiting:
            self.app.notify("Every difference is decided.")
            return
        after = [each for each in waiting if each.number * step > here * step]
        ordered = sorted(after or waiting, key=lambda each: each.number * step)
        self._go_to(ordered[0].id)
        self._detail()
