"""The table of the plan, in which a row can be carried to another place."""

from __future__ import annotations

from textual.message import Message

from migwizard.tui.widgets.rows import RowTable


class PlanTable(RowTable):
    """The files; while a row is carried, the arrows carry it."""

    carrying = False

    class Carried(Message):
        """An arrow was pressed while a row was carried."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def action_cursor_up(self) -> None:
        if self.carrying:
            self.post_message(self.Carried(-1))
        else:
            super().action_cursor_up()

    def action_cursor_down(self) -> None:
        if self.carrying:
            self.post_message(self.Carried(1))
        else:
            super().action_cursor_down()
