"""The log: what the engine did and what the project's own code printed, followed while it grows."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Input
from textual.worker import get_current_worker

from migwizard.harmless import harmless
from migwizard.tui.commands import Command, bindings
from migwizard.tui.dialogs.reader import ReaderDialog
from migwizard.tui.messages import CopyWanted
from migwizard.tui.standing import Standing
from migwizard.tui.widgets.frame import Headline, Hint, Hints, StatusLine, Stepper
from migwizard.tui.widgets.loglines import LogLines, is_error
from migwizard.words.counting import count

LOG = Path(".migwizard") / "migwizard.log"
LOOK_SECONDS = 0.5
"""How often a growing log is read."""


class LogScreen(ModalScreen[None]):
    """Lies over the ride, which goes on behind it."""

    ACTS: ClassVar[tuple[Command, ...]] = (
        Command("search", "slash", "search", "Search the log.", footer=True),
        Command("next", "n", "next", "Go to the next place that was searched for.", footer=True),
        Command("errors", "v", "errors only", "Show only what went wrong, or everything again.", footer=True),
        Command("", "end", "follow", "Go to the end, and follow it.", footer=True),
        Command("save", "s", "save", "Save the lines that are shown to a file.", footer=True),
        Command("close", "escape,l,q", "close", "Close the log.", footer=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTS)]
    AUTO_FOCUS = "LogLines"
    DEFAULT_CSS = """
    LogScreen { background: $background; layout: vertical; }
    LogScreen #search { display: none; background: $panel; }
    LogScreen.-searching #search { display: block; }
    """

    def __init__(self, root: Path | None, standing: Standing) -> None:
        super().__init__()
        self.standing = standing
        self.path = root / LOG if root is not None else None
        self.all: list[str] = []
        self.errors_only = False

    def compose(self) -> ComposeResult:
        yield Stepper()
        yield Headline(f"Log: {LOG}", "log")
        yield LogLines()
        yield Input(placeholder="search", id="search", compact=True)
        yield StatusLine()
        yield Hints()

    def on_mount(self) -> None:
        self.query_one("#search", Input).cursor_blink = False
        self.stands(self.standing)
        self._say()
        self._hint()
        if self.path is None or not self.path.is_file():
            self.query_one(LogLines).replace(["No entries yet: the log begins when the reset has a folder of its own."])
            return
        self.run_worker(self._follow, thread=True, group="log", exclusive=True)

    def on_descendant_focus(self) -> None:
        self._hint()

    def _hint(self) -> None:
        """What can be done now; while the field for the search has the focus, letters are text."""
        close = Hint("Esc", "close", "screen.close")
        if isinstance(self.focused, Input):
            self.query_one(Hints).show([Hint("Enter", "search", "")], [close])
            return
        hints = [
            Hint("/", "search", "screen.search"),
            Hint("n", "next", "screen.next"),
            Hint("v", "errors only", "screen.errors"),
        ]
        hints += [Hint("End", "follow", ""), Hint("s", "save", "screen.save"), Hint("Enter", "open", "")]
        self.query_one(Hints).show(hints, [close])

    def stands(self, standing: Standing) -> None:
        """The frame has news: the work goes on behind the log."""
        self.standing = standing
        self.query_one(Stepper).show(standing)
        self.query_one(StatusLine).show(standing)

    def _follow(self) -> None:
        """Read the log in a thread, and again whenever it has grown."""
        worker, position, rest = get_current_worker(), 0, ""
        assert self.path is not None
        while not worker.is_cancelled:
            try:
                size = self.path.stat().st_size
                if size < position:
                    position, rest = 0, ""
                if size > position:
                    with self.path.open(encoding="utf-8", errors="replace") as stream:
                        stream.seek(position)
                        text = rest + stream.read()
                        position = stream.tell()
                    # A log of an older version is not harmless yet.
                    lines = harmless(text).split("\n")
                    rest = lines.pop()
                    if lines and not worker.is_cancelled:
                        self.app.call_from_thread(self.grow, lines)
            except OSError as error:
                self.app.call_from_thread(self.notify, f"The log cannot be read: {error.strerror}.")
                return
            if _sleep(worker, LOOK_SECONDS):
                return

    def grow(self, lines: list[str]) -> None:
        """More lines of the log."""
        self.all.extend(lines)
        self.query_one(LogLines).extend(self._wanted(lines))
        self._say()

    def _wanted(self, lines: list[str]) -> list[str]:
        return [line for line in lines if is_error(line)] if self.errors_only else lines

    def _say(self) -> None:
        lines = self.query_one(LogLines)
        follows = "follows the end" if lines.following else "stopped following, End goes on"
        only = ", errors only" if self.errors_only else ""
        self.query_one(Headline).update(f"Log: {LOG}{only}", f"{count(len(lines.lines), 'line')}, {follows}")

    @on(LogLines.Followed)
    def _followed(self) -> None:
        self._say()

    @on(LogLines.Opened)
    def _open(self, event: LogLines.Opened) -> None:
        self.app.push_screen(ReaderDialog("A line of the log", event.text, "log-line"))

    def action_search(self) -> None:
        self.add_class("-searching")
        self.query_one("#search").focus()

    @on(Input.Submitted, "#search")
    def _found(self, event: Input.Submitted) -> None:
        self.query_one(LogLines).focus()
        self._find(event.value)

    def action_next(self) -> None:
        self._find(self.query_one("#search", Input).value)

    def _find(self, text: str) -> None:
        if not text:
            self.notify("Nothing was searched for yet: press /.")
        elif not self.query_one(LogLines).find(text):
            self.notify(f"The log does not contain {text!r}.", markup=False)

    def action_errors(self) -> None:
        self.errors_only = not self.errors_only
        self.run_worker(self._select, thread=True, group="select", exclusive=True)

    def _select(self) -> None:
        """Find the wanted lines in a thread: a long log would hold up the keys."""
        worker, seen = get_current_worker(), list(self.all)
        found = self._wanted(seen)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._selected, found, len(seen))

    def _selected(self, found: list[str], seen: int) -> None:
        """Show them, and what the log has grown by meanwhile."""
        self.query_one(LogLines).replace(found + self._wanted(self.all[seen:]))
        self._say()

    def action_save(self) -> None:
        self.post_message(CopyWanted("\n".join(self.query_one(LogLines).lines), "shown.log", clipboard=False))

    def action_close(self) -> None:
        if self.has_class("-searching"):
            self.remove_class("-searching")
            self.query_one(LogLines).focus()
        else:
            self.dismiss(None)


def _sleep(worker: object, seconds: float) -> bool:
    """Sleep in small steps; True when the worker was cancelled meanwhile."""
    import time

    for _ in range(max(round(seconds / 0.05), 1)):
        if getattr(worker, "is_cancelled", False):
            return True
        time.sleep(0.05)
    return False
