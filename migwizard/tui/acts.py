"""What the keys do that every screen has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migwizard.engine.states import State
from migwizard.engine.talk import Question
from migwizard.paths import state_home
from migwizard.tui import clipboard, stopping
from migwizard.tui.messages import Answered, CopyWanted
from migwizard.tui.standing import Standing
from migwizard.tui.table import is_step

if TYPE_CHECKING:
    from textual.app import App

    from migwizard.engine.process import Ended
    from migwizard.tui.screens.step import StepScreen
    from migwizard.words.explain.text import Explain

    Base = App[Ended]
else:
    Base = object

RUNS = "something runs; c stops it"
LOOK = "the reset is only looked at"
UNSTOPPABLE = "Files are being swapped. That takes seconds and cannot be stopped half way; a kill would be mended."


class Acts(Base):
    """The part of the app that acts on the keys of every screen."""

    question: Question | None
    standing: Standing
    stand: Callable[..., None]
    ask: Callable[[Question], Awaitable[None]]
    stop_engine: Callable[[], Awaitable[None]]
    _title_set = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """None greys a command that is not possible now."""
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """What stands in the way of a command; empty where nothing does."""
        question = self.question
        if question is None:
            return RUNS if action in ("back", "undo") else ""
        if action == "back":
            return why_not_back(question)
        if action == "undo" and self.standing.look:
            return LOOK
        if action == "undo" and question.id.startswith("undo:"):
            return "you are there"
        return "nothing runs" if action == "cancel" else ""

    @property
    def step(self) -> StepScreen | None:
        """The screen of the ride, below whatever lies over it."""
        return next((screen for screen in reversed(self.screen_stack) if is_step(screen)), None)

    async def action_back(self) -> None:
        back = self.question.way_back if self.question is not None else None
        self.post_message(Answered(back.key if back is not None else "back"))

    def action_undo(self) -> None:
        self.post_message(Answered("undo"))

    def action_leave(self) -> None:
        """Leave at once where the engine waits; ask where it works."""
        if self.question is not None:
            self.post_message(Answered("quit"))
            return
        self.run_worker(self._leave_work(), group="leave", exclusive=True)

    def unstoppable(self) -> bool:
        """Whether the engine must not be ended now; says so where it is."""
        if self.standing.uncancellable:
            self.notify(UNSTOPPABLE)
        return self.standing.uncancellable

    async def _leave_work(self) -> None:
        if self.unstoppable():
            return
        from migwizard.tui.dialogs.confirm import ConfirmDialog

        dialog = ConfirmDialog(
            "Something runs. Stop it?",
            "The step that runs begins again next time; everything before it is saved.",
            safe="Keep running",
            other="Stop and save",
        )
        if not await self.push_screen_wait(dialog):
            return
        # The swap may have begun while the dialog was open.
        if not self.unstoppable():
            await self.stop_engine()
            self.exit(stopping.left(self.standing))

    def action_cancel(self) -> None:
        if not self.unstoppable() and self.question is None:
            self.run_worker(self._cancel(), group="leave", exclusive=True)

    async def _cancel(self) -> None:
        await self.stop_engine()
        await self.ask(stopping.question(self.standing))

    def action_guided(self) -> None:
        self.stand(guided=not self.standing.guided)
        self.notify("Explanations are on." if self.standing.guided else "Explanations are off; g brings them back.")

    def _explanation(self) -> Explain | None:
        return self.step.explanation() if self.step is not None else None

    def action_explain(self) -> None:
        from migwizard.tui.dialogs.explain import ExplainDialog

        def more(answer: str | None) -> None:
            if answer:
                self.action_word(answer.removeprefix("word:") if answer.startswith("word:") else "")

        if self.step is not None:
            self.push_screen(ExplainDialog(self._explanation()), more)

    def action_word(self, word: str) -> None:
        """Open the glossary at a word; the help at its beginning where there is none."""
        from migwizard.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.open_word(word)
            return
        own = self.step.ACTS if self.step is not None else ()
        found = self._explanation()
        self.push_screen(HelpScreen(found, own, self.standing, word))

    def action_log(self) -> None:
        from migwizard.tui.screens.log import LogScreen

        self.push_screen(LogScreen(Path(self.standing.root) if self.standing.root else None, self.standing))

    def action_palette(self) -> None:
        from migwizard.tui import palette
        from migwizard.tui.dialogs.palette import PaletteScreen

        step = self.step
        entries = palette.entries(step.ACTS if step else (), self._why_not, self.question)
        self.push_screen(PaletteScreen(list(entries)), self._from_palette)

    def _why_not(self, namespace: str, action: str) -> str:
        if namespace == "app":
            return self.why_not(action)
        return self.step.why_not(action) if self.step is not None else "there is no screen"

    def _from_palette(self, taken: str | None) -> None:
        kind, _, what = (taken or "").partition(":")
        if kind == "answer":
            self.post_message(Answered(what))
        elif kind == "theme":
            self.theme = what
        elif kind == "do":
            namespace, _, action = what.partition(".")
            owner: Any = self.step if namespace == "screen" else self
            self.run_worker(self.run_action(action, owner), group="palette")

    def action_copy_command(self) -> None:
        found = self._explanation()
        if found is None or not found.command:
            self.notify("No command stands behind this.")
        else:
            self.post_message(CopyWanted(found.command, "command"))

    def on_copy_wanted(self, message: CopyWanted) -> None:
        self.run_worker(lambda: self._copy(message), thread=True, group="copy")

    def _copy(self, message: CopyWanted) -> None:
        own = Path(self.standing.root) / ".migwizard" if self.standing.root else None
        folder = own if own is not None and own.is_dir() else state_home() / "migwizard"
        try:
            written = f"written to {self._short(clipboard.write(folder, message.name, message.text))}"
        except OSError as error:
            written = f"not written to a file: {error.strerror}"
        if not message.clipboard:
            self.call_from_thread(self.notify, written.capitalize() if written[0] == "n" else f"W{written[1:]}")
            return
        also = " and to this machine's" if clipboard.hand_over(message.text) else ""
        self.call_from_thread(self.copy_to_clipboard, message.text)
        self.call_from_thread(self.notify, f"Sent to the terminal's clipboard{also}; also {written}.")

    def _short(self, path: Path) -> str:
        root = Path(self.standing.root or "/nowhere")
        return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)

    def announce(self, words: str) -> None:
        """The end of a long step, for somebody who looks elsewhere: bell and title of the terminal."""
        self.bell()
        self._set_title(f"migwizard: {words}")
        self._title_set = True

    def title_reset(self) -> None:
        """The person is back."""
        if self._title_set:
            self._title_set = False
            self._set_title("migwizard")

    def _set_title(self, title: str) -> None:
        if self._driver is not None and not self.is_headless:
            self._driver.write(f"\x1b]2;{title}\x07")


def why_not_back(question: Question) -> str:
    """What stands in the way of going back from a question; empty where nothing does."""
    if question.way_back is not None:
        return ""
    if question.kind == "refusal":
        return "the choices on the screen are all there is"
    return "there is nothing before this" if question.id == "resume" or question.state is State.PREFLIGHT else ""
