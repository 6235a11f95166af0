"""The choices of a question as buttons, the main action first; they wrap where the window is narrow."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.geometry import Region, Size, Spacing
from textual.layout import ArrangeResult, DockArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget
from textual.widgets import Button

from migwizard.engine.talk import Choice
from migwizard.tui.messages import Answered
from migwizard.tui.roles import WRITES


class Flow(Layout):
    """One after another in a row, and in the next row where they do not fit."""

    name = "flow"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        placements, x, y = [], 0, 0
        for child in children:
            width = child.get_content_width(size, self.viewport(parent))
            if x and x + width > size.width:
                x, y = 0, y + 1
            region = Region(x, y, width, 1)
            placements.append(WidgetPlacement(region, child.styles.offset.resolve(region.size, size), Spacing(), child))
            x += width + 2
        return placements

    @staticmethod
    def viewport(parent: Widget) -> Size:
        return parent.app.size


__all__ = ["ChoiceBar", "ChoiceButton", "DockArrangeResult", "Flow"]


class ChoiceButton(Button):
    """One choice; says `...` where a dialog follows, and what it waits for while it cannot be taken."""

    DEFAULT_CSS = """
    ChoiceButton { height: 1; min-width: 0; border: none; background: transparent; color: $foreground; padding: 0; }
    ChoiceButton:hover { background: $panel; border: none; }
    ChoiceButton:focus { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; border: none; }
    ChoiceButton:disabled { color: $text-muted; background: transparent; border: none; }
    ChoiceButton:ansi.-style-default { border: none; }
    ChoiceButton:ansi.-style-default:focus {
        border: none; background: $block-cursor-background; color: $block-cursor-foreground;
    }
    """

    def __init__(self, choice: Choice, waits: str = "") -> None:
        super().__init__(Content(choice.words), compact=True, disabled=bool(waits))
        # The stylesheet takes no 0 for this.
        self.styles.line_pad = 0
        self.choice, self.waits = choice, waits

    def become(self, choice: Choice, waits: str) -> None:
        """Show another choice, or another state of the same one; the focus stays."""
        self.choice, self.waits = choice, waits
        self.label = Content(choice.words)
        self.disabled = bool(waits)
        self.refresh(layout=True)

    @property
    def text(self) -> str:
        dialog = " ..." if self.choice.writes or self.choice.typed or self.choice.wants else ""
        danger = f"{WRITES} " if self.choice.writes or self.choice.typed else ""
        if self.waits:
            return f"  {self.choice.words}  (waits for: {self.waits})"
        return f"{'>' if self.has_focus else ' '}[ {danger}{self.choice.words}{dialog} ]"

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return Content(self.text).cell_length

    def render(self) -> Content:
        return Content(self.text)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(Answered(self.choice.key))


class ChoiceBar(Container):
    """Buttons for some choices."""

    DEFAULT_CSS = "ChoiceBar { height: auto; padding: 0 1 0 0; }"

    def __init__(self, choices: tuple[Choice, ...] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices = choices
        self._flow = Flow()

    @property
    def layout(self) -> Layout:
        return self._flow

    def compose(self) -> ComposeResult:
        for choice in self._choices:
            yield ChoiceButton(choice)

    def show(self, choices: tuple[Choice, ...], waits: Mapping[str, str] | None = None) -> None:
        """Show these choices; buttons of choices that stay keep the focus."""
        waits = waits or {}
        buttons = list(self.query(ChoiceButton))
        focused = next((button.choice.key for button in buttons if button.has_focus), None)
        self._choices = choices
        for button, choice in zip(buttons, choices, strict=False):
            button.become(choice, waits.get(choice.key, ""))
        for button in buttons[len(choices) :]:
            button.remove()
        fresh = [ChoiceButton(choice, waits.get(choice.key, "")) for choice in choices[len(buttons) :]]
        if fresh:
            self.mount_all(fresh)
        if focused is not None:
            self.call_after_refresh(self.focus_choice, focused)

    def focus_choice(self, key: str | None = None) -> bool:
        """Focus the button of a choice, else the first that can be pressed."""
        able = [button for button in self.query(ChoiceButton) if not button.disabled]
        chosen = next((button for button in able if button.choice.key == key), able[0] if able else None)
        if chosen is not None:
            chosen.focus()
        return chosen is not None
