"""Fake: every database with its state and what a switch does to it; the cursor is on the one in question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Input, Static

from migwizard.engine.previews import DatabaseLine, FakePreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.commands import Command
from migwizard.tui.messages import Explained
from migwizard.tui.roles import ASK, NOTE, NOW, OK, STOP, TODO, UNTOUCHED, Role
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.facts import FactView
from migwizard.tui.widgets.lines import Line
from migwizard.tui.widgets.rows import Cell, Column, RowTable
from migwizard.tui.widgets.rule import Rule
from migwizard.words.counting import count

COLUMNS = (
    Column("alias", "Database", 8, flexible=True),
    Column("where", "Where", 20, flexible=True, drop=1, keep_begin=True),
    Column("state", "State", 16),
    Column("will", "What happens", 18, flexible=True, keep_begin=True),
)
FOLDED_FROM = 12
"""From so many databases on, those that are alike stand in one row."""
GROUP = "alike:"
HANG = 10
"""Column of what a word of the details says."""
ROLES: dict[str, Role] = {
    "OLD_HEAD": TODO,
    "NEW": OK,
    "NEW_PARTIAL": NOTE,
    "EMPTY": UNTOUCHED,
    "missing": UNTOUCHED,
    "engine": UNTOUCHED,
    "unreachable": STOP,
}
"""Of a state; any other one is refused."""
DEVIATION_ROLES: dict[str, Role] = {"stop": STOP, "warn": ASK, "info": NOTE}


class FakeScreen(StepScreen):
    """The databases, before and after."""

    STATE = State.FAKE
    HEADLINE = "Tell your databases about the new history?"
    CSS_PATH = "fake.tcss"
    ACTS: ClassVar[tuple[Command, ...]] = (
        Command("", "enter", "press", "Press the focused button; a switch asks once more."),
        Command("unfold", "x", "unfold", "Show databases that are alike one by one, or as one row."),
        Command("search", "slash", "search", "Search a database by its name; Enter closes the search."),
        Command("detail", "d", "detail", "Read everything about the focused database.", footer=True),
    )

    preview: FakePreview | None = None
    unfolded = False

    def compose_main(self) -> ComposeResult:
        with Vertical(id="left"):
            yield RowTable(COLUMNS, id="databases")
            yield Input(placeholder="a part of a name", id="search", compact=True)
            yield Static(id="elsewhere", markup=False)
            yield Static(id="doing", markup=False)
        with Vertical(id="right"):
            yield Rule(id="detailhead")
            yield FactView(id="detail")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#search", Input).cursor_blink = False

    def box(self, question: Question) -> Literal["no", "beside", "instead"]:
        return "no" if question.id.startswith("switch:") else super().box(question)

    def show(self, question: Question) -> None:
        fresh = self.question is None or self.question.id != question.id
        super().show(question)
        self.query_one("#doing", Static).update("")
        if not isinstance(question.preview, FakePreview):
            return
        self.preview = question.preview
        elsewhere = self.query_one("#elsewhere", Static)
        elsewhere.update("\n".join(f"{NOTE} {said}" for said in self.preview.elsewhere))
        elsewhere.display = bool(self.preview.elsewhere)
        self._fill()
        if fresh and question.preview.asked:
            self.query_one("#databases", RowTable).go_to(self._key_of(question.preview.asked))
        self._detail()

    def actions(self, question: Question) -> tuple[Choice, ...]:
        """Trying first, then what writes, then later; after a switch: going on first."""
        by_key = {choice.key: choice for choice in question.choices}
        if question.id.startswith("switch:"):
            wanted = ["dry", "switch", "switch-all", "later", "later-all"]
        else:
            confirms = [key for key in by_key if key.startswith("confirm:")]
            said = [key for key in by_key if key.startswith("said:")]
            takes = [key for key in by_key if key.startswith("take:")]
            # More of them are in the palette.
            wanted = [
                "continue",
                "again",
                *(takes if len(takes) == 1 else []),
                # What it said is of more use than the same once more, which is in the palette too.
                *(said or confirms if len(confirms) == 1 else []),
            ]
        return tuple(by_key[key] for key in wanted if key in by_key)

    def told(self, event: Event) -> None:
        if event.kind in ("progress", "switched"):
            self.query_one("#doing", Static).update(f" {NOW} now {event.text}")

    # The table

    def _fill(self) -> None:
        assert self.preview is not None
        rows: list[tuple[str, tuple[Cell, ...]]] = []
        for lines in self._groups():
            line = lines[0]
            if len(lines) == 1:
                rows.append((line.alias, self._cells(line, line.alias, line.where)))
            else:
                where = "local files" if line.local else "outside of the project"
                rows.append((f"{GROUP}{line.alias}", self._cells(line, f"{len(lines)} databases", where)))
        self.query_one("#databases", RowTable).fill(rows)

    def _groups(self) -> list[list[DatabaseLine]]:
        """Databases that are alike, where there are many; the one in question always stands alone."""
        assert self.preview is not None
        if self.unfolded or len(self.preview.databases) < FOLDED_FROM:
            return [[line] for line in self.preview.databases]
        groups: dict[object, list[DatabaseLine]] = {}
        for line in self.preview.databases:
            alone = line.alias == self.preview.asked
            groups.setdefault(line.alias if alone else (line.state, line.stands, line.local, line.switched), []).append(
                line
            )
        return list(groups.values())

    def _key_of(self, alias: str) -> str:
        for lines in self._groups():
            if any(line.alias == alias for line in lines):
                return alias if len(lines) == 1 else f"{GROUP}{lines[0].alias}"
        return alias

    def _cells(self, line: DatabaseLine, name: str, where: str) -> tuple[Cell, ...]:
        assert self.preview is not None
        role = TODO if line.alias == self.preview.asked else ROLES.get(line.state, STOP)
        state = role.cell(self.app.theme_variables, line.stands or line.state)
        return name, where, state, Text(_will(line))

    def _lines(self) -> list[DatabaseLine]:
        """The databases of the focused row."""
        if self.preview is None:
            return []
        key = self.query_one("#databases", RowTable).current
        alias = key.removeprefix(GROUP)
        return next((lines for lines in self._groups() if lines[0].alias == alias), [])

    def _detail(self) -> None:
        lines = self._lines()
        if not lines or self.preview is None:
            return
        if len(lines) > 1:
            self.query_one("#detailhead", Rule).update(f"{len(lines)} databases that are alike; x unfolds them")
            self.query_one("#detail", FactView).tell([(f"{line.alias}  {line.where}", "") for line in lines], HANG)
            return
        line = lines[0]
        self.query_one("#detailhead", Rule).update(line.alias)
        cut = "where" in self.query_one("#databases", RowTable).cut
        found = _findings(line, self.preview, whereabouts=cut)
        self.query_one("#detail", FactView).tell([*found, *self._said(line)], HANG)

    def _said(self, line: DatabaseLine) -> list[Line]:
        """What Django printed, last and folded until all is to be read: what it comes to stands before it."""
        printed = line.said.splitlines()
        if not printed:
            return []
        if not self.has_class("-detail"):
            return [(f"Django    printed {count(len(printed), 'line')}; d shows all of them", "")]
        return [("Django    printed:", ""), *((f"          {text}", "text-muted") for text in printed)]

    @on(FactView.Resized, "#detail")
    def _has_room(self) -> None:
        """With the window the table has another width, too."""
        self.call_after_refresh(self._detail)

    @on(DataTable.RowHighlighted, "#databases")
    def _moved(self) -> None:
        self._detail()
        lines = self._lines()
        if lines and self.query_one("#databases").has_focus:
            self.post_message(Explained(_topic(lines[0])))

    @on(DataTable.RowSelected, "#databases")
    def _open(self) -> None:
        if self._lines()[1:]:
            self.action_unfold()
        else:
            self.query_one("#detail").focus()

    def entering(self, table: RowTable) -> str:
        return "unfold" if self._lines()[1:] else "detail"

    def _topic_of(self, question: Question) -> str:
        if isinstance(question.preview, FakePreview):
            return "fake" if question.preview.asked else "fake.after"
        return super()._topic_of(question)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "unfold" and (self.preview is None or len(self.preview.databases) < FOLDED_FROM):
            return None
        return super().check_action(action, parameters)

    def action_unfold(self) -> None:
        if self.preview is None or not self._lines():
            return
        alias = self._lines()[0].alias
        self.unfolded = not self.unfolded
        self._fill()
        self.query_one("#databases", RowTable).go_to(self._key_of(alias))
        self._detail()

    def action_search(self) -> None:
        """Search in all of them: what is folded away would not be found."""
        if self.preview is None:
            return
        if not self.unfolded and len(self.preview.databases) >= FOLDED_FROM:
            self.action_unfold()
        self.add_class("-searching")
        self.query_one("#search", Input).focus()

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        if event.value:
            self.query_one("#databases", RowTable).find(event.value, here=True)

    @on(Input.Submitted, "#search")
    def _close_search(self) -> None:
        self.remove_class("-searching")
        self.query_one("#databases").focus()

    def action_detail(self) -> None:
        """Give the details the room of the table, and back."""
        self.toggle_class("-detail")
        self._detail()
        self.query_one("#detail" if self.has_class("-detail") else "#databases").focus()


def _will(line: DatabaseLine) -> str:
    if line.switched:
        return f"done: {count(line.rows_out, 'row')} for {line.rows_in}"
    if line.askable:
        return f"{count(line.rows_out, 'row')} out, {line.rows_in} in"
    if line.state in ("NEW", "EMPTY", "missing"):
        return "nothing to do"
    if line.state == "NEW_PARTIAL":
        return "migrate brings the rest"
    return {"engine": "cannot be switched", "unreachable": "no answer"}.get(line.state, "refused, see below")


def _topic(line: DatabaseLine) -> str:
    if line.switched:
        return "fake.switched"
    return "fake" if line.askable else "fake.refused"


def _findings(line: DatabaseLine, preview: FakePreview, *, whereabouts: bool) -> list[Line]:
    """Everything that is known of one database; where it is, if its row does not say that in full."""
    found: list[Line] = [(f"State     {line.alias} {line.says}".rstrip("."), "")]
    if whereabouts:
        found.append((f"Where     {line.where}", ""))
    if preview.dry and preview.asked == line.alias:
        # First, so that a small terminal shows what the key that was just pressed has done.
        found.insert(0, (f"{OK} tried   {preview.dry}", "text-success"))
    if line.askable or line.switched:
        one, many = ("row was", "rows were") if line.switched else ("row is", "rows are")
        exchanged = f"{count(line.rows_out, one, many)} exchanged for {line.rows_in}"
        found.append((f"Table     django_migrations: {exchanged}", ""))
        if line.why:
            found.append((f"          {line.why}", ""))
        staying = count(line.untouched, "row of other apps stays", "rows of other apps stay")
        found.append((f"          {staying}, and no table of yours is touched", ""))
        found.append((f"Backup    table migwizard_history_backup, and .migwizard/rows/{line.alias}.json", ""))
    if line.askable:
        found.append(("Then      migrate --plan has to find nothing of the project to apply", ""))
    found += _deviations(line)
    found += [(f"{'More' if place == 0 else '':<10}{text}", "") for place, text in enumerate(_split(line.more))]
    return found


def _deviations(line: DatabaseLine) -> list[Line]:
    """What is otherwise in the database than the old history builds it, each with both definitions."""
    if line.uncompared:
        return [(f"Schema    not compared: {line.uncompared}", "text-muted")]
    if line.askable and not line.deviations:
        return [("Schema    as the old history builds it", "")]
    found: list[Line] = []
    for place, item in enumerate(line.deviations):
        role = DEVIATION_ROLES[item.weight]
        found.append((f"{'' if place else 'Schema':<10}{role} {item.sentence}", ""))
        found += [
            (f"          {side} {' '.join(text.split())}", "text-muted")
            for side, text in (("history: ", item.expected), ("database:", item.found))
            if text
        ]
    return found


def _split(text: str) -> Sequence[str]:
    return text.splitlines()
