"""The orders of one cycle, each with what it costs, what waits in it and where that returns."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from migwizard.engine.previews import Order
from migwizard.tui.screens.levels_detail import order_name, order_prompt


class OrderList(OptionList):
    """Enter takes the highlighted order."""

    orders: tuple[Order, ...] = ()

    def show(self, orders: Sequence[Order]) -> None:
        """Show the orders of a cycle; the highlighted one stays where it is the same cycle."""
        before, self.orders = self.orders, tuple(orders)
        if [order.key for order in before] != [order.key for order in orders]:
            self.clear_options()
            self.add_options([Option(self._prompt(order, False), id=order.key) for order in orders])
            self.highlighted = next((place for place, order in enumerate(orders) if order.chosen), 0)
        self.redraw()

    @on(OptionList.OptionHighlighted)
    def redraw(self) -> None:
        """Draw what changed: the mark, the orders themselves, or the room for them."""
        for place, order in enumerate(self.orders):
            prompt = self._prompt(order, place == self.highlighted)
            if self.get_option_at_index(place).prompt != prompt:
                self.replace_option_prompt_at_index(place, prompt)

    def _prompt(self, order: Order, marked: bool) -> Content:
        best = next(each for each in self.orders if each.recommended)
        width = self.scrollable_content_region.width or self.app.size.width or 78
        full = self.size.height >= 12 and len(self.orders) <= 4
        column = min(max(len(order_name(each)) for each in self.orders), max(width // 2 - 8, 20))
        return order_prompt(order, best, width - 1, column=column, marked=marked and self.has_focus, full=full)
