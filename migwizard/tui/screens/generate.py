"""Are these the files you want: each as it was written, beside what makemigrations alone would write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import DataTable, Static

from migwizard.engine.previews import DiffRow, GeneratePreview, StagedFile
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.commands import Command
from migwizard.tui.editor import edit
from migwizard.tui.messages import Answered, CopyWanted, Explained, Marked
from migwizard.tui.screens import generate_parts as parts
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.standing import Standing
from migwizard.tui.widgets.diff import DiffView
from migwizard.tui.widgets.frame import between
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import Column, RowTable

ACCEPT, EDIT = "accept", "edit"
"""Buttons of the screen's own: a mark, and the editor."""
TOPICS = {"waits": "generate.waiting", "returns": "generate.returning", "in": "generate.in", "out": "generate.out"}
FILES = (
    Column("glyph", "", 1),
    Column("level", "Level", 5, right=True, drop=3),
    Column("file", "File", 12, flexible=True),
    Column("name", "Name", 24, flexible=True, drop=5),
    Column("lines", "Lines", 5, right=True, drop=4),
    Column("waits", "Waits", 5, drop=1),
    Column("state", "", 14, drop=2),
)


class GenerateScreen(StepScreen):
    """Which files are accepted the engine remembers; one that changes is to be looked at again."""

    STATE = State.GENERATE
    HEADLINE = "Are these the files you want?"
    CSS_PATH = "generate.tcss"
    ACTS = (
        Command("", "enter", "accept", "Press the focused button; on a folded block of the diff: open it."),
        Command("next", "n", "next", "Go to the next part that waits, in this file or a later one.", footer=True),
        Command("target", "t", "target", "Go to the file in which this part returns; t again goes back.", footer=True),
        Command(
            "edit",
            "e",
            "edit",
            "Open the staged file in your editor, then read and check it.",
            footer=True,
            changes=True,
        ),
        Command("files", "f", "files", "Show the list of files, or the diff again.", footer=True),
        Command("previous", "p", "previous", "Go to the previous part that waits."),
        Command("unfold", "x", "unfold", "Open the folded block under the cursor, or all; close them again."),
        Command("save", "s", "save", "Save the diff of all files to .migwizard/generate.diff.", changes=True),
        Command("copy", "y", "copy", "Copy the makemigrations command of this level."),
        Command("out", "escape", "diff", "Go back from the list of files to the diff."),
    )

    preview: GeneratePreview | None = None
    number = 0
    """Of the file that is shown."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing)
        self._accepted: dict[str, tuple[DiffRow, ...]] = {}
        self._came_from: tuple[int, int] | None = None
        """File and row from which a target was visited."""
        self._progress: Mapping[str, Any] = {}
        self._listed = ""

    def compose_main(self) -> ComposeResult:
        yield LineView(id="work")
        yield Static(id="strip", markup=False)
        yield Static(id="head", markup=False)
        with Vertical(id="panes"):
            yield RowTable(FILES, id="files")
            with Vertical(id="diffside"):
                yield Static(id="halves", markup=False)
                yield DiffView(id="diff")
        yield Static(id="check", markup=False)

    # What the engine says

    def show(self, question: Question) -> None:
        if isinstance(question.preview, GeneratePreview):
            self._take(question.preview)
        super().show(question)
        if self.preview is not None:
            self._draw()

    def _take(self, preview: GeneratePreview) -> None:
        """New texts: marks and place are kept where the file is what it was."""
        current = parts.name_of(self.file) if self.file else ""
        rows = {parts.name_of(file): file.rows for file in preview.files}
        self._accepted = {name: kept for name, kept in self._accepted.items() if rows.get(name) == kept}
        self._accepted |= {name: rows[name] for name in preview.accepted}
        self.preview = preview
        names = list(rows)
        self.number = names.index(current) if current in rows else self._first_to_see()
        self._came_from = None
        self.set_class(bool(names), "-generated")

    def _first_to_see(self) -> int:
        """The first file that is not accepted, one in which something waits before the others."""
        assert self.preview is not None
        files = list(enumerate(self.preview.files))
        left = [place for place in files if parts.name_of(place[1]) not in self._accepted] or files
        return next((number for number, file in left if file.waiting), left[0][0] if left else 0)

    def told(self, event: Event) -> None:
        if event.kind == "saved":
            self.app.notify(event.text)
        elif event.kind == "begin":
            self._progress = {}
        elif event.kind == "progress":
            self._progress = event.data
            self._draw_work()

    def stands(self, standing: Standing) -> None:
        super().stands(standing)
        if standing.working:
            self._draw_work()

    def _draw_work(self) -> None:
        work = self.query_one("#work", LineView)
        lines = parts.work_lines(self._progress, self.standing, max(work.size.width - 4, 40))
        work.show(lines or [("The project's own makemigrations is started ...", "text-muted")])

    # Buttons

    def actions(self, question: Question) -> tuple[Choice, ...]:
        main = super().actions(question)
        file = self.file
        if file is None:
            return main
        count = len(self.preview.files) if self.preview else 0
        label = "Accept the file" if count == 1 else f"Accept all {count}"
        found = [choice for choice in main if choice.key == "continue"] or [Choice("continue", "", label)]
        if count > 1:
            found.append(Choice(ACCEPT, "marks this file and goes to the next one", "Accept this"))
        if file.edited:
            name = parts.name_of(file)
            words = {f"change:{name}": "Show my change", f"restore:{name}": "Redo the original"}
            mine = [choice for choice in question.choices if choice.key in words]
            found += [Choice(c.key, c.effect, words[c.key], shows=c.shows) for c in mine]
        found.append(Choice(EDIT, "opens your editor", "Edit in $EDITOR"))
        return (*found, *(choice for choice in main if choice.key != "continue"))

    def waits(self, question: Question) -> Mapping[str, str]:
        broken = [file for file in (self.preview.files if self.preview else ()) if file.broken]
        if broken and question.choice("continue") is None:
            return {"continue": f"{parts.short(broken[0])} to be a migration"} | (
                {ACCEPT: "your change to be mended"} if self.file in broken else {}
            )
        return {}

    def on_answered(self, message: Answered) -> None:
        """Two buttons are ours; the others go to the engine."""
        if message.answer == ACCEPT:
            message.stop()
            self.accept_this()
        elif message.answer == EDIT:
            message.stop()
            self.action_edit()

    def accept_this(self) -> None:
        """Mark the file; after the last one go on."""
        file, preview = self.file, self.preview
        if file is None or preview is None or file.broken:
            return
        self._accepted[parts.name_of(file)] = file.rows
        self.post_message(Marked(f"accept {parts.name_of(file)}"))
        left = [place for place, other in enumerate(preview.files) if parts.name_of(other) not in self._accepted]
        if not left:
            self._draw()
            self.answer("continue")
            return
        self._go(next((place for place in left if place > self.number), left[0]))

    # Drawing

    @property
    def file(self) -> StagedFile | None:
        files = self.preview.files if self.preview else ()
        return files[self.number] if self.number < len(files) else None

    @property
    def diff(self) -> DiffView:
        return self.query_one("#diff", DiffView)

    def _go(self, number: int, row: int | None = None) -> None:
        """Show another file."""
        self.number = number
        self._draw()
        if row is not None:
            self.diff.go_to(row)
        self._heads()

    def _draw(self) -> None:
        file, preview = self.file, self.preview
        if file is None or preview is None:
            return
        self.diff.show(parts.name_of(file), file.rows)
        accepted = self._accepted
        rows = [(parts.name_of(f), parts.cells(f, accepted)) for f in preview.files]
        table = self.query_one("#files", RowTable)
        table.fill(rows)
        self._listed = parts.name_of(file)
        table.go_to(self._listed)
        self.refresh_actions()
        self._heads()
        # The pane may get its width only now, when it is shown for the first time.
        self.call_after_refresh(self._heads)

    def _heads(self) -> None:
        """What stands around the diff; it depends on the width and on where the cursor is."""
        file, preview = self.file, self.preview
        if file is None or preview is None:
            return
        width = max(self.query_one("#main").size.width - 2, 20)
        diff, files = self.diff, preview.files
        self.set_class(diff.two_sides, "-sides")
        self.query_one("#strip", Static).update(parts.strip(files, self.number, self._accepted, width))
        first = parts.first_head(files, self.number, self._accepted, width)
        second = parts.second_head(file, diff.place, width)
        command = Content.styled(parts.middle_end(f"{file.command}   (y copies)", width), "$text-muted")
        if diff.two_sides:
            head = Content.assemble(first.truncate(width))
            if self.has_class("-wide"):
                right = Content.assemble(
                    parts.waiting_words(file, diff.place), "  ", parts.counts(files, self._accepted)
                )
                head = between(command.truncate(max(width - right.cell_length - 2, 0), ellipsis=True), right, width)
        else:
            head = Content("\n").join([first, second, command])
        self.query_one("#head", Static).update(head)
        self.query_one("#halves", Static).update(parts.halves(file, diff.split, diff.room))
        more = "next place that waits: n" if any(f.waiting for f in files) else "x opens equal lines"
        self.query_one("#check", Static).update(parts.check_line(file, width, more))

    def on_resize(self) -> None:
        # Textual calls the handler of the base class by itself. Once for the new size, once for what its classes change.
        self.call_after_refresh(self.call_after_refresh, self._heads)

    @on(DiffView.Moved)
    def _moved(self, event: DiffView.Moved) -> None:
        self._heads()
        self.refresh_hints()
        row = event.row
        guard = bool(row.note) and row.kind == "in"
        self.post_message(Explained("generate.guard" if guard else TOPICS.get(row.kind, "generate")))

    def _entering(self) -> str:
        if self.focused is self.diff:
            return "unfold" if self.diff.on_fold else ""
        return super()._entering()

    def entering(self, table: RowTable) -> str:
        return "open"

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        super().on_descendant_focus(event)
        if not isinstance(event.widget, DiffView):
            self.post_message(Explained("generate"))

    # Keys

    def action_next(self) -> None:
        self._waiting(1)

    def action_previous(self) -> None:
        self._waiting(-1)

    def _waiting(self, step: int) -> None:
        """Go to the next place that waits, over the ends of files."""
        if self.preview is None or self.diff.go_to_waiting(step):
            self._focus_diff()
            return
        files = self.preview.files
        for distance in range(1, len(files) + 1):
            place = (self.number + step * distance) % len(files)
            if files[place].waiting:
                self._go(place)
                self.diff.go_to_edge_waiting(step)
                self._focus_diff()
                self._heads()
                return
        self.app.notify("Nothing had to wait.")

    def _focus_diff(self) -> None:
        self.remove_class("-listing")
        self.diff.focus()

    def action_target(self) -> None:
        row, preview = self.diff.current, self.preview
        if preview is None:
            return
        if row is not None and row.target:
            names = [parts.name_of(file) for file in preview.files]
            if row.target not in names:
                self.app.notify(f"{row.target} is none of these files.")
                return
            self._came_from = (self.number, self.diff.current_row)
            self._go(names.index(row.target))
            self._find_returned(row.what.rpartition(".")[2])
        elif self._came_from is not None:
            (number, back), self._came_from = self._came_from, None
            self._go(number, back)
        else:
            self.app.notify("Nothing waits on this line.")
            return
        self._focus_diff()

    def _find_returned(self, name: str) -> None:
        """Put the cursor on the first line that names the part."""
        assert self.file is not None
        for place, row in enumerate(self.file.rows):
            if row.right_number and (f"'{name}'" in row.right or f'"{name}"' in row.right):
                self.diff.go_to(place)
                return

    def action_unfold(self) -> None:
        self.diff.toggle_folds()

    def action_files(self) -> None:
        if self.preview is None:
            return
        if self.has_class("-huge"):
            self.query_one("#files").focus()
            return
        self.toggle_class("-listing")
        (self.query_one("#files") if self.has_class("-listing") else self.diff).focus()
        self._heads()

    def action_out(self) -> None:
        if self.has_class("-listing"):
            self._focus_diff()

    @on(DataTable.RowHighlighted, "#files")
    def _listed_another(self, event: DataTable.RowHighlighted) -> None:
        """On the largest screens the diff follows the list."""
        if self.has_class("-huge") and self.query_one("#files").has_focus:
            self._show_listed()

    @on(DataTable.RowSelected, "#files")
    def _chosen(self, event: DataTable.RowSelected) -> None:
        self._show_listed()
        self._focus_diff()

    def _show_listed(self) -> None:
        name = self.query_one("#files", RowTable).current
        names = [parts.name_of(file) for file in self.preview.files] if self.preview else []
        if name in names and name != self._listed:
            self._go(names.index(name))

    def action_save(self) -> None:
        self.answer("save:diff")

    def action_copy(self) -> None:
        if self.file is not None:
            self.post_message(CopyWanted(self.file.command, "command"))

    def action_edit(self) -> None:
        """Let the person's editor have the terminal; afterwards the engine reads the file and checks it."""
        file = self.file
        if file is None or self.question is None:
            return
        key = f"edited:{parts.name_of(file)}"
        if edit(self.app, file.path, key):
            self.answer(key)
