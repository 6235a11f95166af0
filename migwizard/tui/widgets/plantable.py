"""The table of the plan, in which a row can be carried to another place, by keys or by the mouse."""

from __future__ import annotations

from textual import events
from textual.message import Message

from migwizard.tui.widgets.rows import RowTable

LEFT = 1
"""The mouse button that drags."""


class PlanTable(RowTable):
    """The files; while a row is carried, the arrows carry it."""

    carrying = False
    grabbed = ""
    """The row on which the mouse button went down and still is."""
    _dragged = False

    class Carried(Message):
        """An arrow was pressed while a row was carried."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Dragged(Message):
        """The mouse holds one row and is over another, or came back to it."""

        def __init__(self, grabbed: str, over: str) -> None:
            super().__init__()
            self.grabbed, self.over = grabbed, over

    class Dropped(Message):
        """The mouse let go of the row that it dragged."""

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

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.grabbed, self._dragged = self._key_at(event) if event.button == LEFT else "", False

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if event.button != LEFT:
            # The button went up where nobody saw it.
            self.let_go()
        over = self._key_at(event)
        if self.grabbed and over and (self._dragged or over != self.grabbed):
            self._dragged = True
            self.capture_mouse()
            self.post_message(self.Dragged(self.grabbed, over))

    def on_mouse_up(self) -> None:
        if self.grabbed and self._dragged:
            self.post_message(self.Dropped())
        self.let_go()

    def on_click(self, event: events.Click) -> None:
        if self._dragged:
            # The end of a drag chooses nothing.
            event.prevent_default()
            event.stop()

    def let_go(self) -> None:
        """Forget what the mouse holds."""
        self.grabbed = ""
        self.release_mouse()

    def _key_at(self, event: events.MouseEvent) -> str:
        """The row under the mouse; empty over the header, and where there is none."""
        row, keys = event.style.meta.get("row", -1), list(self._rows)
        return keys[row] if 0 <= row < len(keys) else ""
