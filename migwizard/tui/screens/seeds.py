"""What must new databases contain? Every old operation with its verdict, its evidence, and the person's last word."""

from __future__ import annotations

from dataclasses import replace

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import DataTable, Input, OptionList, Static
from textual.widgets.option_list import Option as Entry

from migwizard.engine.previews import SeedLine, SeedsPreview
from migwizard.engine.states import State
from migwizard.engine.talk import Event, Question
from migwizard.tui.commands import Command
from migwizard.tui.messages import CopyWanted, Explained
from migwizard.tui.roles import NOW, drawn
from migwizard.tui.screens import seeds_detail as detail
from migwizard.tui.screens.folds import GROUP, Fold, folded, turn
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.choices import ChoiceButton
from migwizard.tui.widgets.decide import QuestionBox
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import Column, RowTable
from migwizard.tui.widgets.rule import Rule
from migwizard.words.explain.text import Explain

FOLDED_FROM = 60
"""So many operations are grouped by app."""
ORDER_TOPICS = {"precedence:yes": "seeds.order", "precedence:no": "seeds.ordered"}
"""The buttons that have an explanation of their own."""
COLUMNS = (
    Column("verdict", "Verdict", 13),
    Column("operation", "Old operation", 20, flexible=True),
    Column("left", "What it left", 16, flexible=True, keep_begin=True),
    Column("how", "How kept", 8, drop=1),
)


class SeedsScreen(StepScreen):
    """The verdicts are the engine's; view, filter and folding are local."""

    STATE = State.SEEDS
    HEADLINE = "What must new databases contain?"
    CSS_PATH = "seeds.tcss"
    DECISION_BESIDE = True
    ACTS = (
        Command("", "enter", "verdict", "On an operation: its verdicts; on a verdict: take it."),
        Command("detail", "d", "detail", "Show the next view: evidence, source, seed file, ladder.", footer=True),
        Command("view", "v", "filter", "Show the operations of one verdict only; after the last one, all."),
        Command("search", "slash", "search", "Show only operations that have a text.", footer=True),
        Command("next", "n", "next", "Go to the next operation that was decided by you, or waits for you."),
        Command("previous", "p", "previous", "Go to the one before that was decided by you, or waits for you."),
        Command("unfold", "x,space", "unfold", "Open or close the operations of an app in a long list."),
        Command("file", "f", "seed file", "Show the seed file that the operation goes into."),
        Command("save", "s", "save", "Save the open view to a file."),
        Command("to_table", "escape", "list", "Go from the verdicts to the list, and end a search."),
    )

    preview: SeedsPreview | None = None
    view_number = 0
    only = detail.ALL
    wanted = ""

    def compose_main(self) -> ComposeResult:
        yield Static("Watching the old history ...", id="summary", markup=False)
        yield Input(placeholder="search", id="search", compact=True)
        with Vertical(id="panes"):
            yield RowTable(COLUMNS, id="operations")
            with Vertical(id="right"):
                yield Rule(id="viewhead")
                yield LineView(id="detail")
                yield OptionList(id="verdicts", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self._watched: dict[str, detail.Watched] = {}
        self._runs: dict[str, str] = {}
        """What is said of each run that goes on; two run beside each other."""
        self._unfolded: set[str] = set()
        self._due = False
        self._options: list[detail.Option] = []
        self.query_one("#search", Input).cursor_blink = False
        self.add_class("-watching")

    # What the engine says

    def show(self, question: Question) -> None:
        super().show(question)
        if not isinstance(question.preview, SeedsPreview):
            return
        self.preview = question.preview
        if self.only and self.only not in detail.counts(self.preview.seeds):
            self.only = detail.ALL
        self._watched.clear()
        self._fill()
        operation = question.id.partition(":")[2]
        if question.id.startswith("keep:"):
            self.query_one("#operations", RowTable).go_to(operation)
        self._detail()

    def begins(self) -> None:
        super().begins()
        if self.is_mounted:
            self._watched.clear()
            self._runs.clear()

    def told(self, event: Event) -> None:
        if event.kind in ("note", "warning") and event.text:
            self.app.notify(event.text, severity="warning" if event.kind == "warning" else "information")
        elif event.kind in ("progress", "run") and not self.waiting:
            self._tell_run(event)
        elif event.kind == "operation" and self.preview is None:
            self._watch(event)

    def _tell_run(self, event: Event) -> None:
        """Say which runs go on and how far each one is, a line each."""
        data, name, before = event.data, str(event.data.get("run") or ""), len(self._runs)
        self._runs.pop(name if event.kind == "run" else "", None)
        if event.kind == "progress":
            number = f": {data.get('number')} of {data['total']}" if data.get("total") else ""
            self._runs[name] = f"{NOW} now  {data.get('words') or event.text}{number}"
        if self._runs:
            # Only another number of lines moves what is below.
            self.query_one("#summary", Static).update("\n".join(self._runs.values()), layout=len(self._runs) != before)

    def _watch(self, event: Event) -> None:
        data = event.data
        seen = self._watched.setdefault(str(data["id"]), detail.Watched(str(data["id"])))
        for name in ("title", "so_far", "verdict", "left"):
            if name in data:
                setattr(seen, name, str(data[name]))
        if not self._due:
            # Many come at once; one drawing serves them all.
            self._due = True
            self.call_after_refresh(self._fill)

    # The list

    def _lines(self) -> list[SeedLine]:
        """The operations that are shown."""
        if self.preview is None:
            return []
        wanted = self.wanted.lower()
        return [
            line
            for line in self.preview.seeds
            if (not self.only or detail.word(line) == self.only)
            and (not wanted or wanted in f"{line.id} {line.describe} {line.left}".lower())
        ]

    def _folds(self) -> list[Fold[SeedLine]]:
        least = 0 if self.wanted or self.only else FOLDED_FROM
        return folded(
            self._lines(),
            key=lambda line: line.id,
            group=lambda line: line.app,
            first=detail.is_open,
            unfolded=self._unfolded,
            least=least or len(self._lines()) + 1,
        )

    def _fill(self) -> None:
        self._due = False
        table, variables = self.query_one("#operations", RowTable), self.app.theme_variables
        self.set_class(self.preview is None, "-watching")
        if self.preview is None:
            table.fill([(seen.id, seen.cells(variables)) for seen in self._watched.values()])
            return
        table.fill([(fold.key, self._cells(fold)) for fold in self._folds()])
        self.query_one("#summary", Static).update(detail.summary(self.preview, self.only))

    def _cells(self, fold: Fold[SeedLine]) -> tuple[str | Text, ...]:
        variables = self.app.theme_variables
        if not fold.is_group:
            return detail.cells(fold.items[0], variables)
        sign = drawn("▾", "v") if fold.group in self._unfolded else drawn("▸", "+")
        told = ", ".join(f"{count} {name}" for name, count in detail.counts(fold.items).items())
        return f"{sign} {len(fold.items)}", fold.group, told, ""

    def _line(self) -> SeedLine | None:
        """The focused operation."""
        if self.preview is None:
            return None
        key = self.query_one("#operations", RowTable).current
        return next((line for line in self.preview.seeds if line.id == key), None)

    # Details

    def _detail(self) -> None:
        line, shown = self._line(), self.query_one("#detail", LineView)
        self.query_one("#viewhead", Rule).update(detail.view_words(self.view_number))
        if line is None or self.preview is None:
            shown.show([])
            self._show_options([])
            self.post_message(Explained(self._topic_of_button() or "seeds"))
            return
        cut = "operation" in self.query_one("#operations", RowTable).cut
        room = shown.size.width, shown.size.height
        lines = detail.view_lines(line, self.preview, self.view_number, *room, named=cut)
        if tuple(lines) != shown.lines:
            shown.show(lines)
            top = max(detail.first_marked(lines) - 1, 0) if self.view_number == detail.VIEWS.index("Seed file") else 0
            shown.scroll_to(0, top, animate=False)
        if self.question is not None and self.question.kind == "review":
            self._show_options(detail.options(line, self.question))
        self.post_message(Explained(self._topic_of_button() or self._topic_of_line(line)))

    def explanation(self) -> Explain | None:
        """Of a button with a topic of its own, first what it would do here."""
        found, button = super().explanation(), self.focused
        if found is None or not isinstance(button, ChoiceButton) or not self._topic_of_button():
            return found
        effect = button.choice.effect
        return replace(found, what=f"{effect[:1].upper()}{effect[1:]}. {found.what}")

    def _topic_of_button(self) -> str:
        return ORDER_TOPICS.get(self.focused.choice.key, "") if isinstance(self.focused, ChoiceButton) else ""

    def _topic_of_line(self, line: SeedLine) -> str:
        focused = self.focused.id if self.focused is not None else ""
        if focused not in ("operations", "verdicts", "detail") and not self.has_class("-deciding"):
            return "seeds"
        if line.decided == "drop" and line.verdict != detail.UNCLEAR:
            return "seeds.dropped"
        if line.reason and line.verdict in (detail.UNCLEAR, detail.ONE_TIME):
            return "seeds.stuck"
        if line.verdict == detail.UNCLEAR:
            return "seeds.keep"
        if line.verdict == detail.ONE_TIME:
            return "seeds.onetime"
        return "seeds.rows" if line.how == "as rows" else "seeds.sql" if line.verdict == "schema SQL" else "seeds.seed"

    def _show_options(self, options: list[detail.Option]) -> None:
        shown = self.query_one("#verdicts", OptionList)
        if options != self._options or shown.option_count != len(options):
            self._options = options
            shown.clear_options()
            shown.add_options([Entry(self._prompt(place, False)) for place in range(len(options))])
            shown.highlighted = 0 if options else None
        self._redraw_options()

    def _prompt(self, place: int, marked: bool) -> Content:
        shown = self.query_one("#verdicts", OptionList)
        width = shown.scrollable_content_region.width or shown.size.width or 76
        return detail.prompt(self._options[place], width - 1, marked=marked and shown.has_focus)

    @on(OptionList.OptionHighlighted, "#verdicts")
    def _redraw_options(self) -> None:
        shown = self.query_one("#verdicts", OptionList)
        if shown.option_count != len(self._options):
            return
        for place in range(shown.option_count):
            prompt = self._prompt(place, place == shown.highlighted)
            if shown.get_option_at_index(place).prompt != prompt:
                shown.replace_option_prompt_at_index(place, prompt)

    @on(OptionList.OptionSelected, "#verdicts")
    def _take(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        option = self._options[event.option_index]
        if option.answer:
            self.query_one("#operations").focus()
            self.answer(option.answer)
        else:
            self.app.notify("That is how it counts now.")

    @on(LineView.Resized, "#detail")
    def _has_room(self) -> None:
        """The pane gets its width when it is shown for the first time, and with the window."""
        self._detail()

    @on(DataTable.RowHighlighted)
    def _moved(self) -> None:
        self._detail()

    @on(DataTable.RowSelected)
    def _selected(self) -> None:
        if self.has_class("-deciding"):
            self._to_choices()
        elif self.query_one("#operations", RowTable).current.startswith(GROUP):
            self.action_unfold()
        elif len(self._options) > 1:
            verdicts = self.query_one("#verdicts", OptionList)
            verdicts.focus()
            # A second Enter keeps what is kept: who leaves it out has gone there.
            verdicts.highlighted = 0 if self._options[1].answer.startswith("drop:") else 1
        elif self.question is not None and self.question.kind == "review":
            line = self._line()
            why = line.reason if line is not None and line.reason else "does nothing that could come along."
            self.app.notify(f"There is nothing to decide about this one: it {why}")

    def entering(self, table: RowTable) -> str:
        if self.has_class("-deciding"):
            return "choices"
        if table.current.startswith(GROUP):
            return "unfold"
        return "verdict" if len(self._options) > 1 else ""

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        super().on_descendant_focus(event)
        self._redraw_options()
        if self.preview is not None:
            self._detail()

    # What a person does

    def action_detail(self) -> None:
        self.view_number = (self.view_number + 1) % len(detail.VIEWS)
        self._detail()

    def action_file(self) -> None:
        self.view_number = detail.VIEWS.index("Seed file")
        self._detail()

    def action_view(self) -> None:
        if self.preview is None:
            return
        names = [detail.ALL, *detail.counts(self.preview.seeds)]
        self.only = names[(names.index(self.only) + 1) % len(names)]
        self._fill()
        self._detail()

    def action_unfold(self) -> None:
        line = self._line()
        here = line.app if line is not None else ""
        turn(self.query_one("#operations", RowTable), self._folds(), here, self._unfolded, self._fill)
        self._detail()

    def action_next(self) -> None:
        self._step(1)

    def action_previous(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        """Go to the next operation that has to do with a person; in a search, to the next one that was found."""
        if self.has_class("-deciding"):
            # The choices belong to the row that is asked about; the mark must not stand on another one.
            self._to_choices()
            return
        lines = self._lines()
        chosen = [line.id for line in lines if self.wanted or line.decided or detail.is_open(line)]
        if not chosen:
            self.app.notify("Nothing waits for you here, and nothing was decided by you.")
            return
        table = self.query_one("#operations", RowTable)
        order = [line.id for line in lines]
        here = order.index(table.current) if table.current in order else -1
        places = [order.index(key) for key in chosen]
        after = [place for place in places if place * step > here * step]
        place = (min(after) if step > 0 else max(after)) if after else (places[0] if step > 0 else places[-1])
        line = lines[place]
        if not table.go_to(line.id):
            self._unfolded.add(line.app)
            self._fill()
            table.go_to(line.id)

    def action_search(self) -> None:
        self.add_class("-searching")
        self.query_one("#search").focus()

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self.wanted = event.value.strip()
        self._fill()

    @on(Input.Submitted, "#search")
    def _found(self) -> None:
        self.query_one("#operations").focus()

    def action_to_table(self) -> None:
        if self.has_class("-searching"):
            self.remove_class("-searching")
            self.query_one("#search", Input).value = ""
            self.wanted = ""
            self._fill()
        if self.has_class("-deciding"):
            self._to_choices()
        else:
            self.query_one("#operations").focus()

    def _to_choices(self) -> None:
        """Back to the question that is open, and to its row."""
        assert self.question is not None
        self.query_one("#operations", RowTable).go_to(self.question.id.partition(":")[2])
        self.query_one(QuestionBox).focus_choices()

    def action_save(self) -> None:
        line = self._line()
        if line is None:
            return
        text = "\n".join(text for text, _ in self.query_one("#detail", LineView).lines)
        name = "".join(letter if letter.isalnum() else "-" for letter in line.id)
        self.post_message(CopyWanted(f"{text}\n", f"{name}.txt", clipboard=False))
