"""Which apps take part: the apps with their ticks, their models, who points at whom, and a picture by level."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Input, Static

from migwizard.engine.previews import AppLine, GraphPreview
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.commands import Command
from migwizard.tui.dialogs.pick import PickDialog
from migwizard.tui.messages import Answered, Explained
from migwizard.tui.roles import UNTOUCHED
from migwizard.tui.screens.graph_detail import Pointers, app_lines, app_picture, model_lines
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.rows import Column, RowTable
from migwizard.tui.widgets.rule import Rule

RETRY_SECONDS = 0.4
"""How long a mark waits when the engine is busy; longer than what counts as a double press."""
PICTURE = "picture"

APPS = (
    Column("takes", "Takes part", 11, drop=1),
    Column("app", "App", 14, flexible=True),
    Column("models", "Models", 6, right=True, drop=2),
    Column("files", "Old files", 9, right=True, drop=4),
    Column("points", "Points at", 16, flexible=True, drop=5, keep_begin=True),
    Column("cycle", "Cycle", 5, drop=3),
)
MODELS = (
    Column("model", "Model", 20, flexible=True),
    Column("level", "Level", 5, right=True),
    Column("cycle", "Cycle", 5, drop=1),
    Column("points", "Points at", 30, flexible=True, drop=2, keep_begin=True),
)


class GraphScreen(StepScreen):
    """Ticks are ours until the engine has taken them over; then they are the preview's."""

    STATE = State.GRAPH
    HEADLINE = "Which apps take part?"
    CSS_PATH = "graph.tcss"
    ACTS = (
        Command("", "enter", "zoom", "On an app: its models. Escape goes back to the apps."),
        Command("mark", "space", "in/out", "Leave the focused app out, or take it in.", footer=True, changes=True),
        Command("who", "w", "who", "Show only who points at the focused app or model.", footer=True),
        Command("view", "v", "picture", "Switch between the apps and a picture of the models by level.", footer=True),
        Command("search", "slash", "search", "Search a name; n and p go to the next and the previous one."),
        Command("next", "n", "next", "Go to the next match of the search."),
        Command("previous", "p", "previous", "Go to the previous match of the search."),
        Command("save", "s", "save", "Save a picture of the models to a file.", changes=True),
        Command("dot", "d", "dot file", "Take levels and picture from a graph_models dot file.", changes=True),
        Command("out", "escape", "out", "Go back from the models to the apps."),
    )

    preview: GraphPreview | None = None
    pointers = Pointers()
    zoomed = ""
    """The app whose models are listed; empty: the apps are."""
    who = False
    wanted = ""
    """What was searched last."""

    def compose_main(self) -> ComposeResult:
        yield Static("Loading the models ...", id="source")
        with Vertical(id="panes"):
            with Vertical(id="left"):
                yield RowTable(APPS, id="apps")
                yield RowTable(MODELS, id="models")
                yield LineView(id="picture")
                yield Static(id="untouched", markup=False)
            with Vertical(id="right"):
                yield Rule(id="detailhead")
                yield LineView(id="detail", folds=True)
                yield Rule(id="bylevelhead")
                yield LineView(id="bylevel")
        yield Input(placeholder="a part of a name", id="search", compact=True)
        yield Static(id="summary", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self._pending: dict[str, bool] = {}
        """Ticks that the engine has not taken over yet."""
        self._sent = ""
        self.query_one("#search", Input).cursor_blink = False

    # What the engine says

    def show(self, question: Question) -> None:
        super().show(question)
        if not isinstance(question.preview, GraphPreview):
            return
        old, self.preview = self.preview, question.preview
        if old is None or old.models != question.preview.models:
            self.pointers = Pointers.of(question.preview.models)
        self._settle_marks()
        self._fill()
        self.query_one("#summary", Static).update(question.text)
        picture = self._picture()
        self.query_one("#picture", LineView).show(picture)
        self.query_one("#bylevel", LineView).show(picture)
        self.query_one("#bylevelhead", Rule).update("Models by level")
        self._detail()

    def told(self, event: Event) -> None:
        if event.kind == "saved":
            self.app.notify(f"{event.text}.")
        elif self.preview is None and event.text:
            self.query_one("#source", Static).update(f"Loading the models: {event.text}")

    def actions(self, question: Question) -> tuple[Choice, ...]:
        main = super().actions(question)
        count = self._count()
        if main and self._pending:
            main = (Choice("continue", main[0].effect, f"Continue with {count} {'app' if count == 1 else 'apps'}"),)
        save = Choice(PICTURE, "as SVG, PNG, text or dot", "Save picture", wants="a kind")
        return (*main, save)

    def on_answered(self, message: Answered) -> None:
        """The button for pictures opens a menu of our own; nobody goes on before the engine has every tick."""
        if message.answer == PICTURE:
            message.stop()
            self.action_save()
        elif message.answer == "continue" and self._pending:
            message.stop()
            self.app.notify("Your last mark is being looked at; please press once more.")

    # Ticks

    def unable(self, action: str) -> str:
        """A tick is kept until the engine can take it over."""
        return "" if action == "mark" and not self.standing.look else super().unable(action)

    def _takes_part(self, app: AppLine) -> bool:
        return self._pending.get(app.label, app.takes_part)

    def _count(self) -> int:
        assert self.preview is not None or not self._pending
        return sum(self._takes_part(app) for app in self.preview.apps) if self.preview else 0

    def action_mark(self) -> None:
        app = self._app()
        if app is None or self.preview is None:
            return
        if not app.can_change:
            self.app.notify(f"{app.label} has no migrations, so it cannot be marked.")
            return
        wanted = not self._takes_part(app)
        if not wanted and self._count() == 1:
            self.app.notify("At least 1 app has to take part.")
            return
        self._pending[app.label] = wanted
        if wanted == app.takes_part and self._sent != app.label:
            del self._pending[app.label]
        self._fill()
        self.refresh_actions()
        self._send_mark()

    def _send_mark(self) -> None:
        """Tell the engine one tick; try again for as long as there are some, since it may be busy."""
        if not self._pending or not self.is_mounted:
            return
        label, wanted = next(iter(self._pending.items()))
        key = f"{'in' if wanted else 'out'}:{label}"
        if self.is_current and self.question is not None and self.question.choice(key) is not None:
            self._sent = label
            self.answer(key)
        self.set_timer(RETRY_SECONDS, self._send_mark)

    def _settle_marks(self) -> None:
        """Forget the ticks that the engine has taken over, and one that it refused."""
        assert self.preview is not None
        standing = {app.label: app.takes_part for app in self.preview.apps}
        for label, wanted in list(self._pending.items()):
            if standing.get(label) == wanted or label == self._sent:
                del self._pending[label]
        self._sent = ""
        self.refresh_actions()

    # What is shown

    def _fill(self) -> None:
        preview = self.preview
        if preview is None:
            return
        listed = [app for app in preview.apps if app.ours]
        others = [app for app in preview.apps if not app.ours]
        self.query_one("#apps", RowTable).fill([(app.label, self._cells(app)) for app in listed])
        source = "the project's own models" if preview.source == "registry" else f"dot file {preview.source}"
        offer = "d uses a graph_models dot file" if preview.source == "registry" else "d uses another one"
        self.query_one("#source", Static).update(f"Source: {source}" + ("" if self.standing.look else f"   {offer}"))
        names = " ".join(app.label for app in others)
        count = f"{len(others)} {'app' if len(others) == 1 else 'apps'}"
        self.query_one("#untouched", Static).update(f"{UNTOUCHED} not touched, {count}: {names}" if others else "")
        if self.zoomed:
            self._fill_models()

    def _cells(self, app: AppLine) -> tuple[str | Text, ...]:
        if not app.can_change:
            takes = f"{UNTOUCHED} not"
        elif self._takes_part(app):
            takes = "[x] yes"
        else:
            takes = "[ ] no"
        if app.label in self._pending:
            takes += " ..."
        points = ", ".join(app.points_at) or "-"
        return takes, app.label, f"{app.models:,}", f"{app.files:,}", points, str(app.cycle or "")

    def _fill_models(self) -> None:
        rows = []
        for model in self.pointers.models_of(self.zoomed):
            points = ", ".join(dict.fromkeys(target for _, target, _ in model.points_at)) or "-"
            row = (model.key.rpartition(".")[2], str(model.level), str(model.cycle or ""), points)
            rows.append((model.key, row))
        self.query_one("#models", RowTable).fill(rows)

    def _picture(self) -> Sequence[tuple[str, str]]:
        assert self.preview is not None
        if self.preview.picture:
            return [(line, "text-warning" if "cycle" in line else "") for line in self.preview.picture]
        app = self._app()
        label = self.zoomed or (app.label if app else "")
        return [(f"Only {label}: the whole picture is too large for a screen, s saves it.", "text-muted")] + [
            (line, "") for line in app_picture(label, self.pointers)
        ]

    def _app(self) -> AppLine | None:
        """The focused app."""
        label = self.zoomed or self.query_one("#apps", RowTable).current
        return next((app for app in self.preview.apps if app.label == label), None) if self.preview else None

    def _detail(self) -> None:
        head, detail = self.query_one("#detailhead", Rule), self.query_one("#detail", LineView)
        app = self._app()
        if app is None:
            return
        if self.zoomed:
            key = self.query_one("#models", RowTable).current
            title, lines = key, model_lines(key, self.pointers, only_who=self.who)
        else:
            title = f"{app.label}: {app.models} {'model' if app.models == 1 else 'models'}"
            lines = app_lines(app, self.pointers, only_who=self.who)
        head.update(f"{title}, who points here" if self.who else title)
        detail.show(lines)
        self.post_message(Explained(self._focus_topic(app)))

    def _focus_topic(self, app: AppLine) -> str:
        if self.has_class("-picture"):
            return "graph.picture"
        if self.zoomed:
            return "graph.model"
        if not self.query_one("#apps").has_focus:
            return "graph"
        return "graph.cycle" if app.cycle else "graph.app"

    @on(DataTable.RowHighlighted)
    def _moved(self) -> None:
        self._detail()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        super().on_descendant_focus(event)
        if self.preview is not None and event.widget.id != "search":
            self._detail()

    # Looking around

    @on(DataTable.RowSelected, "#apps")
    def _zoom(self) -> None:
        app = self._app()
        if app is None or not app.models:
            self.app.notify("This app has no models.")
            return
        self.zoomed = app.label
        self.add_class("-zoomed")
        self._fill_models()
        self.query_one("#models").focus()
        self._detail()

    def entering(self, table: RowTable) -> str:
        app = self._app()
        return "zoom" if table.id == "apps" and app is not None and app.models else ""

    def action_out(self) -> None:
        if self.has_class("-searching"):
            self._close_search()
        elif self.has_class("-picture"):
            self.action_view()
        elif self.zoomed:
            self.zoomed = ""
            self.remove_class("-zoomed")
            self.query_one("#apps").focus()
            self._detail()

    def action_who(self) -> None:
        self.who = not self.who
        self._detail()

    def action_view(self) -> None:
        if self.preview is None:
            return
        self.query_one("#picture", LineView).show(self._picture())
        self.toggle_class("-picture")
        self._list().focus()
        self._detail()

    def _list(self) -> RowTable | LineView:
        """The list that is on the screen."""
        if self.has_class("-picture"):
            return self.query_one("#picture", LineView)
        return self.query_one("#models" if self.zoomed else "#apps", RowTable)

    def action_search(self) -> None:
        self.add_class("-searching")
        self.query_one("#search", Input).focus()

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        self.wanted = event.value.strip()
        self._find(1, here=True)

    @on(Input.Submitted, "#search")
    def _close_search(self) -> None:
        self.remove_class("-searching")
        self._list().focus()

    def action_next(self) -> None:
        self._find(1)

    def action_previous(self) -> None:
        self._find(-1)

    def _find(self, step: int, here: bool = False) -> None:
        if not self.wanted:
            return
        shown = self._list()
        if not (shown.find(self.wanted, step) if isinstance(shown, LineView) else shown.find(self.wanted, step, here)):
            self.app.notify(f"Nothing here is called {self.wanted}.")

    def action_save(self) -> None:
        self._pick("Save a picture into .migwizard/pictures", "picture")

    def action_dot(self) -> None:
        if self.preview is not None and self.preview.source != "registry":
            self._pick("Where are the levels from?", "source")
        else:
            self.answer("dot")

    def _pick(self, headline: str, group: str) -> None:
        if self.question is None:
            return
        choices = [choice for choice in self.question.choices if choice.group == group]

        def taken(key: str | None) -> None:
            if key is not None:
                self.answer(key)

        self.app.push_screen(PickDialog(headline, choices), taken)
