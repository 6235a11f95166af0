"""Apply: the swap of the files, app by app, with its backups; afterwards what it did."""

from __future__ import annotations

from typing import ClassVar, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Static

from migwizard.engine.previews import AppliedApp, ApplyPreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.commands import Command
from migwizard.tui.messages import Explained
from migwizard.tui.roles import IN, NOW, OK, OUT
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.lines import Line, LineView
from migwizard.tui.widgets.rows import Column, RowTable
from migwizard.tui.widgets.rule import Rule
from migwizard.words.counting import some

WIDE = 160
"""Columns from which the files stand beside the apps."""
COLUMNS = (
    Column("app", "App", 16, flexible=True),
    Column("out", f"{OUT} out", 6, right=True),
    Column("in", f"{IN} in", 6, right=True),
    Column("new", "new files", 24, flexible=True, drop=1, keep_begin=True),
)


class ApplyScreen(StepScreen):
    """The swap before it is made, while it is made, and after."""

    STATE = State.APPLY
    HEADLINE = "Swap the files? This changes your project"
    CSS_PATH = "apply.tcss"
    ACTS: ClassVar[tuple[Command, ...]] = (
        Command("", "enter", "press", "Press the focused button; what writes asks once more."),
        Command("detail", "d", "detail", "Show which files of the app go and which come.", footer=True),
    )

    preview: ApplyPreview | None = None

    def compose_main(self) -> ComposeResult:
        with Vertical(id="left"):
            yield RowTable(COLUMNS, id="apps")
            yield Static(id="total", markup=False)
            yield Static(id="facts", markup=False)
            yield Static(id="doing", markup=False)
        with Vertical(id="right"):
            yield Rule(id="detailhead")
            yield LineView(id="detail")

    def box(self, question: Question) -> Literal["no", "beside", "instead"]:
        return "no" if question.id == "apply" else super().box(question)

    def show(self, question: Question) -> None:
        super().show(question)
        if isinstance(question.preview, ApplyPreview):
            self.preview = question.preview
            self._fill(question.preview)
            # Once more when the buttons have taken their rows.
            self.call_after_refresh(self.call_after_refresh, self._pin)
        self.query_one("#doing", Static).update("")

    def actions(self, question: Question) -> tuple[Choice, ...]:
        """What is to be read first, then what writes, then "not yet"."""
        by_key = {choice.key: choice for choice in question.choices}
        order = ("stat", "apply", "later") if question.id == "apply" else ("continue", "stat", "tests")
        return tuple(by_key[key] for key in order if key in by_key)

    def told(self, event: Event) -> None:
        if event.kind != "progress":
            return
        held = ", cannot be stopped half way" if event.data.get("uncancellable") else ""
        self.query_one("#doing", Static).update(f" {NOW} now {event.text}{held}")

    def _fill(self, preview: ApplyPreview) -> None:
        self.query_one("#apps", RowTable).fill([(app.label, _cells(app)) for app in preview.apps])
        out, into = sum(len(app.out) for app in preview.apps), sum(len(app.into) for app in preview.apps)
        apps = f"{len(preview.apps)} app{'' if len(preview.apps) == 1 else 's'}"
        self.query_one("#total", Static).update(f"   total: {OUT} {out} out, {IN} {into} in, {apps}")
        self.query_one("#facts", Static).update("\n".join(_facts(preview)))
        self._pin()
        self._detail()

    def _pin(self) -> None:
        """The table takes what its rows need, but total and facts stay on the screen."""
        if self.preview is None:
            return
        table, room = self.query_one("#apps", RowTable), self.query_one("#left").size.height
        facts = len(_facts(self.preview)) if self.query_one("#facts").display else 0
        table.styles.height = max(min(len(self.preview.apps) + 1, room - facts - 2), 4)

    def on_resize(self) -> None:
        self.call_after_refresh(self._pin)
        self.call_after_refresh(self._detail)

    def _detail(self) -> None:
        app = self._app()
        if app is None:
            return
        detail = self.query_one("#detail", LineView)
        if self.preview is not None and self.app.size.width >= WIDE:
            # There is room for the files of all apps; the focused one is brought into sight.
            before = self.preview.apps[: self.preview.apps.index(app)]
            self.query_one("#detailhead", Rule).update("All files, app by app")
            detail.show([line for each in self.preview.apps for line in _block(each)])
            detail.scroll_to(y=sum(len(_block(each)) for each in before), animate=False)
            return
        self.query_one("#detailhead", Rule).update(f"{app.label}: {len(app.out)} out, {len(app.into)} in")
        detail.show(_files(app))

    def _app(self) -> AppliedApp | None:
        label = self.query_one("#apps", RowTable).current
        apps = self.preview.apps if self.preview else ()
        return next((app for app in apps if app.label == label), None)

    @on(DataTable.RowHighlighted, "#apps")
    def _moved(self) -> None:
        self._detail()
        self.post_message(Explained("apply.app" if self.query_one("#apps").has_focus else self._state_topic()))

    @on(DataTable.RowSelected, "#apps")
    def _open(self) -> None:
        self.action_detail()

    def entering(self, table: RowTable) -> str:
        return "detail"

    def _state_topic(self) -> str:
        return "apply.done" if self.preview is not None and self.preview.applied else "apply"

    def _topic_of(self, question: Question) -> str:
        if isinstance(question.preview, ApplyPreview):
            return "apply.done" if question.preview.applied else "apply"
        return super()._topic_of(question)

    def action_detail(self) -> None:
        """Show the files of the focused app in the place of the facts, where there is no room for both."""
        self.toggle_class("-detail")
        self.call_after_refresh(self._pin)
        self._detail()


def _cells(app: AppliedApp) -> tuple[str | Text, ...]:
    many = len(app.into) > 2
    new = f"{app.into[0]} .. {app.into[-1]}" if many else ", ".join(app.into) or "-"
    return app.label, str(len(app.out)), str(len(app.into)), new


def _facts(preview: ApplyPreview) -> list[str]:
    facts = [
        f" Backup    {OK} {preview.backup}",
        f" Second    {OK} {preview.second_backup}",
        f" Proof     {OK} {preview.proof}",
    ]
    if preview.also:
        facts.insert(0, f" Also      {IN} {some(preview.also)}")
    if preview.stays:
        more = f" and {len(preview.stays) - 2} more" if len(preview.stays) > 2 else ""
        facts.append(f" Stays     {', '.join(preview.stays[:2])}{more}")
    if preview.kept:
        facts.append(f" Kept      {preview.kept}")
    if preview.callers:
        facts.append(f" Named     what goes is named at {some(preview.callers)}")
    if not preview.applied:
        facts.append(f" Approving {preview.approved}: what you see here is what is swapped")
    return facts


def _block(app: AppliedApp) -> list[Line]:
    """An app with its files."""
    head = f"{app.label}: {len(app.out)} out, {len(app.into)} in"
    return [(head, "text-primary"), *((f"  {text}", colour) for text, colour in _files(app)), ("", "")]


def _files(app: AppliedApp) -> list[Line]:
    gone = [(f"{OUT} {name}.py", "text-error") for name in app.out]
    come = [(f"{IN} {name}.py", "text-success") for name in app.into]
    return [*gone, *come, *((f"  {name}.py, kept on top", "text-muted") for name in app.kept)]
