"""Is this the order you want? The plan, the orders of each cycle, and the models by level."""

from __future__ import annotations

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, OptionList, Static

from migwizard.engine.previews import LevelsPreview, PlanFile
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Event, Question
from migwizard.tui.commands import Command
from migwizard.tui.dialogs.pick import PickDialog
from migwizard.tui.messages import Answered, Explained
from migwizard.tui.roles import drawn
from migwizard.tui.screens.folds import GROUP, Fold, folded, turn
from migwizard.tui.screens.levels_carrying import CarryingScreen, key_of
from migwizard.tui.screens.levels_detail import (
    file_cells,
    file_lines,
    level_cells,
    level_lines,
    model_lines,
    topic_of,
    view_line,
)
from migwizard.tui.screens.levels_orders import OrderList
from migwizard.tui.widgets.lines import LineView
from migwizard.tui.widgets.plantable import PlanTable
from migwizard.tui.widgets.rows import Column, RowTable
from migwizard.tui.widgets.rule import Rule

LEAVE_OUT = "leave-out"
BOTH_FROM = 160
"""Columns from which the plan and the models stand side by side."""
FOLDED_FROM = 61
"""Files from which each level is one row that can be opened."""
COLUMNS = (
    Column("level", "Level", 5),
    Column("app", "App", 12, flexible=True),
    Column("file", "File", 20, flexible=True),
    Column("models", "Models", 6, right=True, drop=2),
    Column("waits", "Waits", 5, flexible=True),
    Column("cycle", "Cycle", 5, drop=1),
)


class LevelsScreen(CarryingScreen):
    """Everything shown is the engine's preview; only a row that is carried stands elsewhere until it is dropped."""

    STATE = State.LEVELS
    HEADLINE = "Is this the order you want?"
    CSS_PATH = "levels.tcss"
    ACTS = (
        Command("", "enter", "orders", "On a file of a cycle: its orders; on an order: take it."),
        Command(
            "move",
            "m",
            "move",
            "Pick the row up inside its cycle: arrows, Enter drops, Escape back; or drag it.",
            footer=True,
            changes=True,
        ),
        Command(
            "leave_out",
            "space",
            "in/out",
            "Leave the app of the focused file out of the reset.",
            footer=True,
            changes=True,
        ),
        Command("view", "v", "view", "Switch between the plan and the models by level.", footer=True),
        Command(
            "edit", "e", "name", "Give the focused file another name; its number stays.", footer=True, changes=True
        ),
        Command("unfold", "x", "unfold", "Open or close a level in a long plan."),
        Command("target", "t", "target", "Go to the file in which the waiting parts of this one return."),
        Command("put_back", "escape", "back", "Put a carried row back, or go from the orders to the plan."),
    )

    def compose_main(self) -> ComposeResult:
        yield Static("Planning ...", id="view", markup=False)
        with Vertical(id="panes"):
            yield LineView(id="bylevel")
            with Vertical(id="right"):
                yield PlanTable(COLUMNS, id="plan")
                yield Rule(id="detailhead")
                yield LineView(id="detail", folds=True)
                yield OrderList(id="orders", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self._unfolded: set[str] = set()

    # What the engine says

    def show(self, question: Question) -> None:
        super().show(question)
        if not isinstance(question.preview, LevelsPreview):
            return
        self.preview = question.preview
        self._put_down()
        self._fill()
        if question.refused:
            self.app.notify(question.text, severity="warning")
        self._head()
        # The first question comes before the line has its width.
        self.call_after_refresh(self._head)
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

    def _head(self) -> None:
        """Why the last answer was not taken, else which view it is and what it costs, in the width that the line has by now."""
        if self.question is None or self.preview is None:
            return
        view = self.query_one("#view", Static)
        cost = view_line(self.preview, view.size.width, models=self.has_class("-models"))
        view.update(self.question.text if self.question.refused else cost)

    # The plan

    def _fill(self) -> None:
        if self.preview is not None:
            self.query_one("#plan", PlanTable).fill([(fold.key, self._cells(fold)) for fold in self._folds()])

    @property
    def _is_long(self) -> bool:
        return self.preview is not None and len(self.preview.files) >= FOLDED_FROM

    def _folds(self) -> list[Fold[PlanFile]]:
        """The rows; while one is carried, all files are."""
        files = self._files()
        least = FOLDED_FROM if self.carried is None else len(files) + 1
        return folded(files, key=key_of, group=_level, first=lambda file: False, unfolded=self._unfolded, least=least)

    def _cells(self, fold: Fold[PlanFile]) -> tuple[str | Text, ...]:
        variables = self.app.theme_variables
        if fold.is_group:
            return level_cells(fold.items, variables, is_open=fold.group in self._unfolded)
        return file_cells(
            fold.items[0], variables, moving=self.carried is not None and fold.items[0].app == self.app_carried
        )

    def _file(self) -> PlanFile | None:
        """The focused file."""
        key = self.query_one("#plan", PlanTable).current
        return next((file for file in self.preview.files if key_of(file) == key), None) if self.preview else None

    # Details

    def _detail(self) -> None:
        file, head = self._file(), self.query_one("#detailhead", Rule)
        if self.preview is None:
            return
        self.set_class(file is not None and file.cycle is not None, "-in-cycle")
        if file is None:
            level = self.query_one("#plan", PlanTable).current.removeprefix(GROUP)
            head.update(f"Level {level}; x opens and closes it")
            self.query_one("#detail", LineView).show(
                level_lines([each for each in self.preview.files if _level(each) == level])
            )
            self.post_message(Explained("levels"))
            return
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
                cut = {"app", "file"} & self.query_one("#plan", PlanTable).cut
                name = f"{file.app}/{file.name}, cycle {file.cycle}: {words}"
                head.update(name if cut else f"Cycle {file.cycle}: {words} need each other")
            self.query_one(OrderList).show(self._orders_of(file.cycle))
        focused = self.focused.id or "" if self.focused is not None else ""
        self.post_message(Explained(topic_of(file, focused, carrying=self.carried is not None)))

    @on(OptionList.OptionSelected, "#orders")
    def _take(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        order = self.query_one(OrderList).orders[event.option_index]
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
        elif self._file() is None:
            self.action_unfold()
        elif self.has_class("-in-cycle"):
            self.query_one("#orders").focus()

    def entering(self, table: RowTable) -> str:
        if self.carried is not None:
            return "drop"
        if self._file() is None:
            return "unfold"
        return "orders" if self.has_class("-in-cycle") else ""

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        super().on_descendant_focus(event)
        if self.preview is not None:
            self._detail()

    def on_resize(self) -> None:
        self.call_after_refresh(self._models)
        self.call_after_refresh(self._detail)
        self.call_after_refresh(self.refresh_actions)
        self.call_after_refresh(self._head)

    # What a person does

    def action_view(self) -> None:
        if self.app.size.width >= BOTH_FROM:
            # Both are on the screen: go to the other one.
            other = "#plan" if self.query_one("#bylevel").has_focus else "#bylevel"
            self.query_one(other).focus()
            return
        self.toggle_class("-models")
        self.query_one("#bylevel" if self.has_class("-models") else "#plan").focus()
        self.call_after_refresh(self._models)
        self._head()

    def _seen(self) -> PlanFile | None:
        """The focused file, where a person can see that it is; else they are told where it is."""
        if self.preview is not None and self.has_class("-models") and self.app.size.width < BOTH_FROM:
            self.app.notify("These are the models by level; v leads to the plan, where a file has the focus.")
            return None
        return self._file()

    def action_leave_out(self) -> None:
        file = self._seen()
        if file is not None and self.carried is None:
            self.answer(f"out:{file.app}")

    def action_edit(self) -> None:
        file = self._seen()
        if file is not None and self.carried is None:
            self.answer(f"name:{file.app}/{file.name}")

    def action_target(self) -> None:
        file = self._seen()
        if file is None:
            return
        if not file.waiting:
            self.app.notify("Nothing waits in this file.")
            return
        self.go_to(file.waiting[0].returns_in)

    def go_to(self, key: str) -> None:
        """Put the cursor on a file, and open its level for that."""
        assert self.preview is not None
        self._unfolded |= {_level(file) for file in self.preview.files if key_of(file) == key}
        self._fill()
        self.query_one("#plan", PlanTable).go_to(key)

    def action_unfold(self) -> None:
        file = self._file()
        here = _level(file) if file is not None else ""
        turn(self.query_one("#plan", PlanTable), self._folds(), here, self._unfolded, self._fill)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "unfold" and not self._is_long:
            return None
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str:
        if action == "unfold" and not self._is_long:
            return "the plan is short and shown as a whole"
        return super().why_not(action)

    def _pick_app(self) -> None:
        if self.question is None:
            return

        def taken(key: str | None) -> None:
            if key is not None:
                self.answer(key)

        choices = [choice for choice in self.question.choices if choice.group == "apps"]
        self.app.push_screen(PickDialog("Which app stays as it is?", choices), taken)


def _level(file: PlanFile) -> str:
    return str(file.level)
