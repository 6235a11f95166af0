"""Is this the order you want? The plan, the orders of each cycle, and the models by level."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import DataTable, OptionList, Static
from textual.widgets.option_list import Option

from migwizard.engine.previews import LevelsPreview, Order, PlanFile
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.commands import Command
from migwizard.tui.dialogs.pick import PickDialog
from migwizard.tui.messages import Answered, Explained
from migwizard.tui.roles import RETURNS, WAITS, drawn
from migwizard.tui.screens.levels_detail import file_lines, model_lines, order_name, order_prompt
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.plantable import PlanTable
from migwizard.tui.widgets.rows import Column
from migwizard.tui.widgets.rule import Rule

LEAVE_OUT = "leave-out"
COLUMNS = (
    Column("level", "Level", 5),
    Column("app", "App", 12, flexible=True),
    Column("file", "File", 20, flexible=True),
    Column("models", "Models", 6, right=True, drop=2),
    Column("waits", "Waits", 5, flexible=True),
    Column("cycle", "Cycle", 5, drop=1),
)


class LevelsScreen(StepScreen):
    """Everything shown is the engine's preview; only a row that is carried stands elsewhere until it is dropped."""

    STATE = State.LEVELS
    HEADLINE = "Is this the order you want?"
    CSS_PATH = "levels.tcss"
    ACTS = (
        Command("", "enter", "orders", "On a file of a cycle: its orders; on an order: take it."),
        Command(
            "move", "m", "move", "Pick the row up inside its cycle: arrows, Enter drops, Escape back.", footer=True
        ),
        Command("leave_out", "space", "in/out", "Leave the app of the focused file out of the reset.", footer=True),
        Command("view", "v", "view", "Switch between the plan and the models by level.", footer=True),
        Command("edit", "e", "name", "Give the focused file another name; its number stays.", footer=True),
        Command("target", "t", "target", "Go to the file in which the waiting parts of this one return."),
        Command("put_back", "escape", "back", "Put a carried row back, or go from the orders to the plan."),
    )

    preview: LevelsPreview | None = None
    carried: list[str] | None = None
    """The apps of the cycle in the order in which the person holds them; None: nothing is carried."""
    app_carried = ""

    def compose_main(self) -> ComposeResult:
        yield Static("Planning ...", id="view", markup=False)
        with Vertical(id="panes"):
            yield LineView(id="bylevel")
            with Vertical(id="right"):
                yield PlanTable(COLUMNS, id="plan")
                yield Rule(id="detailhead")
                yield LineView(id="detail", folds=True)
                yield OptionList(id="orders", markup=False)

    # What the engine says

    def show(self, question: Question) -> None:
        super().show(question)
        if not isinstance(question.preview, LevelsPreview):
            return
        self.preview = question.preview
        self._put_down()
        self._fill()
        self._head(question)
        self._models()
        self._detail()

    def told(self, event: Event) -> None:
        if event.kind in ("note", "warning") and event.text:
            self.app.notify(event.text)

    def actions(self, question: Question) -> tuple[Choice, ...]:
        out = Choice(LEAVE_OUT, "the migrations of an app stay as they are", "Leave out", wants="an app")
        return (*super().actions(question), *([out] if self.app.size.width >= 100 else []))

    def on_answered(self, message: Answered) -> None:
        """The button for leaving out opens a menu of our own."""
        if message.answer == LEAVE_OUT:
            message.stop()
            self._pick_app()

    def _head(self, question: Question) -> None:
        assert self.preview is not None
        preview, dot = self.preview, drawn("•", "*")
        models = self.has_class("-models")
        count = len(preview.files)
        files = "" if preview.changed else f": {count} file{'' if count == 1 else 's'}"
        cost = preview.changed or f"{count} file{'' if count == 1 else 's'}, {_wait(preview.waiting)}"
        view = f"View ({' ' if models else dot}) plan{files}  ({dot if models else ' '}) models by level"
        text = f"{view}   Cost now {cost}"
        if len(text) > self.app.size.width - 2:
            # Which view it is can be seen; what it costs cannot.
            text = f"Cost now {cost}   v {'plan' if models else 'models by level'}"
        # A sentence that says why something could not be done stands first.
        if question.text and not question.text.startswith(f"{count} file"):
            text = question.text
            self.app.notify(question.text, severity="warning")
        self.query_one("#view", Static).update(text)

    # The plan

    def _fill(self) -> None:
        if self.preview is not None:
            self.query_one("#plan", PlanTable).fill([(_key(file), self._cells(file)) for file in self._files()])

    def _files(self) -> list[PlanFile]:
        """The plan; where a row is carried, the first files of its cycle stand as the person holds them."""
        assert self.preview is not None
        files = list(self.preview.files)
        if self.carried is None:
            return files
        firsts = _firsts(files)
        places = sorted(files.index(firsts[app]) for app in self.carried)
        held = [firsts[app] for app in self.carried]
        for place, file in zip(places, held, strict=True):
            files[place] = file
        return files

    def _cells(self, file: PlanFile) -> tuple[str | Text, ...]:
        variables = self.app.theme_variables
        waits: str | Text = "-"
        if file.waiting:
            waits = WAITS.cell(variables, str(len(file.waiting)))
        if file.returning:
            back = RETURNS.cell(variables, str(len(file.returning)))
            waits = Text.assemble(waits, " ", back) if isinstance(waits, Text) else back
        app = f"{file.app} (moving)" if self.carried is not None and file.app == self.app_carried else file.app
        models = f"{file.models:,}" if file.models else "-"
        return str(file.level), app, file.name, models, waits, str(file.cycle or "")

    def _file(self) -> PlanFile | None:
        """The focused file."""
        key = self.query_one("#plan", PlanTable).current
        return next((file for file in self.preview.files if _key(file) == key), None) if self.preview else None

    # Details

    def _detail(self) -> None:
        file = self._file()
        if file is None or self.preview is None:
            return
        head = self.query_one("#detailhead", Rule)
        self.set_class(file.cycle is not None, "-in-cycle")
        if file.cycle is None:
            head.update(f"{file.app}/{file.name}, level {file.level}")
            self.query_one("#detail", LineView).show(file_lines(file))
        else:
            apps = sorted(next(order.apps for order in self.preview.orders if order.cycle == file.cycle))
            words = " and ".join(apps) if len(apps) < 3 else f"{', '.join(apps[:-1])} and {apps[-1]}"
            if self.carried is not None:
                arrow = drawn("→", ">")
                words = f"{f' {arrow} '.join(self.carried)}   Enter drops, Escape puts back"
                head.update(f"Moving {self.app_carried}: {words}")
            else:
                head.update(f"Cycle {file.cycle}: {words} need each other")
            self._orders(file.cycle)
        self.post_message(Explained(self._focus_topic(file)))

    def _focus_topic(self, file: PlanFile) -> str:
        focused = self.focused.id if self.focused is not None else ""
        if self.carried is not None:
            return "levels.move"
        if focused == "bylevel":
            return "levels.models"
        if focused == "orders":
            return "levels.cycle"
        if focused == "plan":
            if file.waiting:
                return "levels.waiting"
            if file.returning:
                return "levels.returning"
            return "levels.cycle" if file.cycle else "levels"
        return "levels"

    def _orders_of(self, cycle: int) -> list[Order]:
        assert self.preview is not None
        return [order for order in self.preview.orders if order.cycle == cycle]

    def _orders(self, cycle: int) -> None:
        """Show the orders of a cycle; the highlighted one stays where it is the same cycle."""
        shown, orders = self.query_one("#orders", OptionList), self._orders_of(cycle)
        keys = [order.key for order in orders]
        before = [shown.get_option_at_index(place).id for place in range(shown.option_count)]
        if before == keys:
            self._redraw_orders()
            return
        marked = next((place for place, order in enumerate(orders) if order.chosen), 0)
        shown.clear_options()
        shown.add_options([Option(self._prompt(order, orders, False), id=order.key) for order in orders])
        shown.highlighted = marked
        self._redraw_orders()

    def _prompt(self, order: Order, orders: list[Order], marked: bool) -> Content:
        best = next(each for each in orders if each.recommended)
        shown = self.query_one("#orders", OptionList)
        width = shown.scrollable_content_region.width or self.size.width or 78
        full = shown.size.height >= 12 and len(orders) <= 4
        column = min(max(len(order_name(each)) for each in orders), max(width // 2 - 8, 20))
        mark = marked and shown.has_focus
        return order_prompt(order, best, width - 1, column=column, marked=mark, full=full)

    @on(OptionList.OptionHighlighted, "#orders")
    def _redraw_orders(self) -> None:
        file, shown = self._file(), self.query_one("#orders", OptionList)
        if file is None or file.cycle is None:
            return
        orders = self._orders_of(file.cycle)
        if [order.key for order in orders] != [shown.get_option_at_index(n).id for n in range(shown.option_count)]:
            return
        for place, order in enumerate(orders):
            prompt = self._prompt(order, orders, place == shown.highlighted)
            if shown.get_option_at_index(place).prompt != prompt:
                shown.replace_option_prompt_at_index(place, prompt)

    @on(OptionList.OptionSelected, "#orders")
    def _take(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        file = self._file()
        if file is None or file.cycle is None:
            return
        order = self._orders_of(file.cycle)[event.option_index]
        if order.chosen:
            self.app.notify("This order is the one of the plan already.")
        else:
            self.answer(order.key)

    def _models(self) -> None:
        if self.preview is not None:
            shown = self.query_one("#bylevel", LineView)
            shown.show(model_lines(self.preview, (shown.size.width or self.size.width or 80) - 2))

    @on(DataTable.RowHighlighted)
    def _moved(self) -> None:
        self._detail()

    @on(DataTable.RowSelected)
    def _selected(self) -> None:
        if self.carried is not None:
            self._drop()
        elif self.has_class("-in-cycle"):
            self.query_one("#orders").focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        super().on_descendant_focus(event)
        if self.preview is not None:
            self._detail()

    def on_resize(self) -> None:
        self.call_after_refresh(self._models)
        self.call_after_refresh(self._detail)
        self.call_after_refresh(self.refresh_actions)
        if self.question is not None and self.preview is not None:
            self._head(self.question)

    # What a person does

    def action_view(self) -> None:
        if self.app.size.width >= 160:
            # Both are on the screen: go to the other one.
            other = "#plan" if self.query_one("#bylevel").has_focus else "#bylevel"
            self.query_one(other).focus()
            return
        self.toggle_class("-models")
        self.query_one("#bylevel" if self.has_class("-models") else "#plan").focus()
        self.call_after_refresh(self._models)
        if self.question is not None:
            self._head(self.question)

    def action_move(self) -> None:
        """Pick the focused row up."""
        file = self._file()
        if file is None or self.preview is None or self.carried is not None:
            return
        if file.cycle is None or _firsts(self.preview.files)[file.app] is not file:
            self.app.notify("Only the first file of an app that is in a cycle can be moved.")
            return
        self.carried = list(next(order.apps for order in self._orders_of(file.cycle) if order.chosen))
        self.app_carried = file.app
        self.query_one("#plan", PlanTable).carrying = True
        self.query_one("#plan").focus()
        self._fill()
        self._detail()

    @on(PlanTable.Carried)
    def _carry(self, message: PlanTable.Carried) -> None:
        if self.carried is None:
            return
        place = self.carried.index(self.app_carried)
        other = place + message.step
        if 0 <= other < len(self.carried):
            self.carried[place], self.carried[other] = self.carried[other], self.carried[place]
            key = self.query_one("#plan", PlanTable).current
            self._fill()
            self.query_one("#plan", PlanTable).go_to(key)
            self._detail()

    def _drop(self) -> None:
        """The order as it is held now becomes the plan's."""
        file, held = self._file(), self.carried
        assert file is not None and held is not None
        assert file.cycle is not None
        chosen = next(order for order in self._orders_of(file.cycle) if order.chosen)
        self._put_down()
        self._fill()
        self._detail()
        if tuple(held) != chosen.apps:
            self.answer(f"order:{file.cycle}={','.join(held)}")

    def _put_down(self) -> None:
        self.carried = None
        self.query_one("#plan", PlanTable).carrying = False

    def action_put_back(self) -> None:
        if self.carried is not None:
            key = self.query_one("#plan", PlanTable).current
            self._put_down()
            self._fill()
            self.query_one("#plan", PlanTable).go_to(key)
            self._detail()
        else:
            self.query_one("#plan").focus()

    def action_leave_out(self) -> None:
        file = self._file()
        if file is not None and self.carried is None:
            self.answer(f"out:{file.app}")

    def action_edit(self) -> None:
        file = self._file()
        if file is not None and self.carried is None:
            self.answer(f"name:{file.app}/{file.name}")

    def action_target(self) -> None:
        file = self._file()
        if file is None or not file.waiting:
            self.app.notify("Nothing waits in this file.")
            return
        self.query_one("#plan", PlanTable).go_to(file.waiting[0].returns_in)

    def _pick_app(self) -> None:
        if self.question is None:
            return

        def taken(key: str | None) -> None:
            if key is not None:
                self.answer(key)

        choices = [choice for choice in self.question.choices if choice.group == "apps"]
        self.app.push_screen(PickDialog("Which app stays as it is?", choices), taken)


def _key(file: PlanFile) -> str:
    return f"{file.app}/{file.name}"


def _firsts(files: Iterable[PlanFile]) -> dict[str, PlanFile]:
    found: dict[str, PlanFile] = {}
    for file in files:
        found.setdefault(file.app, file)
    return found


def _wait(number: int) -> str:
    return f"{number:,} wait{'s' if number == 1 else ''}"
