"""A row of the plan that is carried to another place of its cycle, by keys or by the mouse."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on

from migwizard.engine.previews import LevelsPreview, Order, PlanFile
from migwizard.tui.screens.step import StepScreen
from migwizard.tui.widgets.plantable import PlanTable


class CarryingScreen(StepScreen):
    """A screen with a plan; only a row that is carried stands elsewhere than in the engine's preview, until it is dropped."""

    preview: LevelsPreview | None = None
    carried: list[str] | None = None
    """The apps of the cycle in the order in which the person holds them; None: nothing is carried."""
    app_carried = ""

    def _fill(self) -> None:
        """Show the plan as it is held now."""
        raise NotImplementedError

    def _detail(self) -> None:
        """Say what has the focus."""
        raise NotImplementedError

    def _seen(self) -> PlanFile | None:
        """The focused file, where a person can see that it is."""
        raise NotImplementedError

    @property
    def _is_long(self) -> bool:
        """Whether levels are folded, so that not every file has a row."""
        raise NotImplementedError

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

    def _orders_of(self, cycle: int) -> list[Order]:
        assert self.preview is not None
        return [order for order in self.preview.orders if order.cycle == cycle]

    def action_move(self) -> None:
        """Pick the focused row up."""
        file = self._seen()
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
        if self.carried is not None:
            self._carry_to(self.carried.index(self.app_carried) + message.step)

    @on(PlanTable.Dragged)
    def _drag(self, message: PlanTable.Dragged) -> None:
        """The mouse does what the keys do."""
        table = self.query_one("#plan", PlanTable)
        if self.carried is None:
            table.focus()
            table.go_to(message.grabbed)
            if self._is_long:
                self.app.notify("In a plan as long as this one m moves a row, with the arrows.")
            else:
                self.action_move()
        if self.carried is None:
            table.let_go()
            return
        over = next(file for file in self._files() if key_of(file) == message.over)
        if over.app in self.carried and _firsts(self._files())[over.app] is over:
            self._carry_to(self.carried.index(over.app))

    def _carry_to(self, place: int) -> None:
        """Let the carried app be at this place of its cycle."""
        assert self.carried is not None
        if 0 <= place < len(self.carried) and self.carried[place] != self.app_carried:
            self.carried.remove(self.app_carried)
            self.carried.insert(place, self.app_carried)
            key = self.query_one("#plan", PlanTable).current
            self._fill()
            self.query_one("#plan", PlanTable).go_to(key)
            self._detail()

    @on(PlanTable.Dropped)
    def _drop(self) -> None:
        """The order as it is held now becomes the plan's."""
        held = self.carried
        # The mouse may have moved the cursor to a row of another cycle meanwhile.
        cycle = None if held is None else _firsts(self._files())[self.app_carried].cycle
        if held is None or cycle is None:
            return
        chosen = next(order for order in self._orders_of(cycle) if order.chosen)
        self._put_down()
        self._fill()
        self._detail()
        if tuple(held) != chosen.apps:
            self.answer(f"order:{cycle}={','.join(held)}")

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


def key_of(file: PlanFile) -> str:
    """How a file is called in the plan's table, and in answers."""
    return f"{file.app}/{file.name}"


def _firsts(files: Iterable[PlanFile]) -> dict[str, PlanFile]:
    found: dict[str, PlanFile] = {}
    for file in files:
        found.setdefault(file.app, file)
    return found
