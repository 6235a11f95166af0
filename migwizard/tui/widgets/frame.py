"""The frame of every screen: stepper, headline, the end of the log, status line and hints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from migwizard.engine.states import ORDER, State
from migwizard.tui.progress import clock
from migwizard.tui.roles import NOW, OK, STALE, TODO, drawn
from migwizard.tui.standing import Standing

WORDS = {state: state.value.capitalize() for state in ORDER}
WIDE_GAPS = 100
"""Columns from which the words of the stepper stand apart."""


def step_of(state: State) -> str:
    """ "Step 3 of 9"."""
    return f"Step {ORDER.index(state) + 1} of {len(ORDER)}"


def between(left: Content, right: Content, width: int, *, fill: str = " ") -> Content:
    """`left` and `right` at the two ends of a row; where both do not fit the right one goes, then the left is cut."""
    room = width - left.cell_length - right.cell_length
    if room < 1:
        return left.truncate(max(width, 0), ellipsis=True)
    return Content.assemble(left, fill * room, right)


class Frame(Widget):
    """A part of the frame; drawn anew where the standing changed."""

    standing = Standing()

    def show(self, standing: Standing) -> None:
        if standing != self.standing:
            self.standing = standing
            self.refresh()


class Stepper(Frame):
    """The nine states with a glyph and a word each; one sentence where they do not fit."""

    DEFAULT_CSS = "Stepper { height: 1; padding: 0 1; }"

    def render(self) -> Content:
        standing, width = self.standing, self.size.width
        parts = [self._part(state, standing) for state in ORDER]
        least = sum(part.cell_length for part in parts) + len(parts) - 1
        if width < least:
            return Content(f"{step_of(standing.state)}: {WORDS[standing.state]}")
        gap = min(3, 1 + (width - least) // (len(parts) - 1)) if width >= WIDE_GAPS - 2 else 1
        return Content(" " * gap).join(parts)

    @staticmethod
    def _part(state: State, standing: Standing) -> Content:
        if state is standing.state:
            return Content.styled(f"{NOW} {WORDS[state]}", "bold $text-primary")
        role = STALE if state in standing.stale else OK if state in standing.done else TODO
        return Content.assemble((str(role), role.style), " ", (WORDS[state], "" if role is OK else role.style))


class Headline(Widget):
    """The question of the screen in a rule, the number of the step at its right."""

    DEFAULT_CSS = "Headline { height: 1; }"

    def __init__(self, text: str = "", right: str = "") -> None:
        super().__init__()
        self.text, self.right = text, right

    def update(self, text: str, right: str | None = None) -> None:
        self.text = text
        self.right = self.right if right is None else right
        self.refresh()

    def render(self) -> Content:
        line = drawn("─", "-")
        left = Content.assemble((f"{line * 2} ", "$text-muted"), (self.text, "bold"), " ")
        right = Content.styled(f" {self.right} {line * 2}" if self.right else line * 2, "$text-muted")
        room = self.size.width - left.cell_length - right.cell_length
        if room < 0:
            left = left.truncate(max(self.size.width, 0), ellipsis=True)
            return Content.assemble(left, (line * max(self.size.width - left.cell_length, 0), "$text-muted"))
        return Content.assemble(left, (line * room, "$text-muted"), right)


class LogTail(Widget):
    """The newest lines of the log."""

    DEFAULT_CSS = "LogTail { padding: 0 1; color: $text-muted; }"
    lines: tuple[str, ...] = ()

    def show(self, standing: Standing) -> None:
        if standing.tail != self.lines:
            self.lines = standing.tail
            self.refresh()

    def render(self) -> Content:
        shown = self.lines[-self.size.height :] if self.size.height else ()
        return Content("\n").join(Content(line).truncate(self.size.width, ellipsis=True) for line in shown)


class StatusLine(Frame):
    """Left: what has changed, or what runs; right: saved, or elapsed and remaining."""

    DEFAULT_CSS = "StatusLine { height: 1; padding: 0 1; background: $panel; }"

    def render(self) -> Content:
        standing, width = self.standing, self.size.width
        if standing.working and standing.doing:
            right = Content.styled(clock(standing.elapsed, standing.remaining, standing.ride_remaining), "$text-muted")
            counted = f" {standing.number} of {standing.total}" if standing.total else ""
            doing = Content.assemble((f"{NOW} ", NOW.style), f"{WORDS[standing.state]}{counted}: {standing.doing}")
            changed = Content.assemble(standing.changed.partition(" · ")[0], " · ")
            room = width - changed.cell_length - right.cell_length - 1
            if room < 12:
                # What has been changed is always visible; what runs gives way.
                return between(Content(standing.changed), right, width)
            return between(Content.assemble(changed, doing.truncate(room, ellipsis=True)), right, width)
        saved = f"saved {standing.saved}" if standing.saved else ""
        return between(Content(standing.changed), Content.styled(saved, "$text-muted"), width)


@dataclass(frozen=True, slots=True)
class Hint:
    """A key and what it does now."""

    key: str
    words: str
    action: str
    """Textual action for the mouse; empty: none."""
    enabled: bool = True


class Hints(Widget):
    """The footer: at most eight hints, those of the screen first; what does not fit is in the palette."""

    DEFAULT_CSS = "Hints { height: 1; padding: 0 1; }"
    MOST = 8
    own: Sequence[Hint] = ()
    common: Sequence[Hint] = ()
    remark = ""

    def show(self, own: Sequence[Hint], common: Sequence[Hint]) -> None:
        if (own, common) != (self.own, self.common):
            self.own, self.common = own, common
            self.refresh()

    def say(self, remark: str) -> None:
        """Say something before the hints, until something else, or nothing, is said."""
        if remark != self.remark:
            self.remark = remark
            self.refresh()

    def render(self) -> Content:
        own, common = self._able(self.own)[: self.MOST - len(self.common)], self._able(self.common)
        said = [Content.styled(self.remark, "$text-warning")] if self.remark else []
        while True:
            line = Content("  ").join([*said, *(self._hint(hint) for hint in (*own, *common))])
            if line.cell_length <= self.size.width or not (own or common):
                return line.truncate(max(self.size.width, 0), ellipsis=True)
            # None is cut in its middle: the last of the screen goes first, the way out last.
            own.pop() if own else common.pop(0)

    @staticmethod
    def _able(hints: Sequence[Hint]) -> list[Hint]:
        """Those that do something now: without colours nobody could tell the others from them."""
        return [hint for hint in hints if hint.enabled]

    @staticmethod
    def _hint(hint: Hint) -> Content:
        style = Style.from_meta({"@click": hint.action}) if hint.action else Style()
        return Content.assemble((hint.key, "bold $text-accent"), (f" {hint.words}", "$text-muted")).stylize(style)
