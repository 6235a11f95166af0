"""The wizard: one screen at a time over the engine's open question."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from textual import events
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.css.query import NoMatches
from textual.geometry import Size
from textual.screen import Screen

from migwizard.engine.process import Ended, Message
from migwizard.engine.states import State
from migwizard.engine.talk import Event, Question
from migwizard.exit_codes import ExitCode
from migwizard.tui import standing as standings
from migwizard.tui import stopping, themes
from migwizard.tui.acts import Acts
from migwizard.tui.answering import Answering
from migwizard.tui.commands import EVERYWHERE, bindings
from migwizard.tui.deadkeys import DeadKeys
from migwizard.tui.messages import EngineAsked, EngineEnded, EngineSaid, StepShown
from migwizard.tui.progress import LONG_STEP, Progress, log_words
from migwizard.tui.screens.small import SmallScreen, too_small
from migwizard.tui.standing import Standing, Stands
from migwizard.tui.table import is_step, name_of, screen_class
from migwizard.tui.widgets.frame import WORDS, Stepper

if TYPE_CHECKING:
    from migwizard.tui.screens.step import StepScreen

FRAME_SECONDS = 0.1
"""Progress reaches the screen at most this often."""
BENEATH_SECONDS = 1.0
"""And this often where something lies over it: a change below it draws the whole terminal, while keys wait."""
DOUBLE_PRESS_SECONDS = 0.3
"""A second answer so soon after the first one was not meant for the next question."""
TAIL = 8
"""Lines of the log that the largest screens show."""


class EnginePort(Protocol):
    """What the app needs of an engine; `engine.process.Engine` is one."""

    def start(self) -> None: ...
    def answer(self, text: str) -> None: ...
    def cancel(self) -> None: ...


Heard = Callable[[Message], None]
MakeEngine = Callable[[Heard, Mapping[str, Any]], EnginePort]
"""Makes an engine; the mapping changes fields of its Opening, as `dataclasses.replace` takes them."""


class WizardApp(Acts, Answering, DeadKeys, App[Ended]):
    """Shows what the engine says and hands over what the person answers."""

    TITLE = "migwizard"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(EVERYWHERE)]
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    ToastRack { margin: 0; max-height: 6; }
    Toast { width: 100%; max-width: 100%; margin: 0; padding: 0 1; }
    StepScreen > ToastRack { layer: default; }
    """
    """Notices take rows of their own below the footer: over the screen they would hide what they speak of."""

    def __init__(
        self,
        make_engine: MakeEngine,
        *,
        guided: bool = True,
        theme: str = "",
        double_press: float = DOUBLE_PRESS_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        themes.register(self, theme)
        self.standing = Standing(guided=guided)
        self.question: Question | None = None
        self.progress = Progress()
        self.monotonic, self.wall, self.double_press = monotonic, wall, double_press
        self._make_engine = make_engine
        self.engine: EnginePort | None = None
        self._generation = 0
        self._steps: dict[str, StepScreen] = {}
        self._wanted = State.PREFLIGHT.value
        self._shown: Question | None = None
        self._untold: list[tuple[str, Event]] = []
        self._latest: Event | None = None
        self._flush_due = False
        self._asked_at = 0.0

    def notify(self, message: str, *, markup: bool = False, **more: Any) -> None:
        """Most messages hold names of the project, whose brackets are no markup."""
        super().notify(message, markup=markup, **more)

    def compose(self) -> ComposeResult:
        """The first paint: the stepper alone, before anything heavier than it is imported."""
        yield Stepper()

    def on_mount(self) -> None:
        self.query_one(Stepper).show(self.standing)
        self._ticker = self.set_interval(1.0, self._tick)
        self.call_after_refresh(self._open)

    async def _open(self) -> None:
        # The engine's process loads the project while the screens are imported.
        self.begin()
        await self.push_screen(self._step(self._wanted))
        self._fit(self.size)

    def begin(self, **changes: Any) -> None:
        """Start an engine, with its opening changed."""
        self._generation += 1
        generation = self._generation
        self.engine = self._make_engine(lambda message: self.hear(message, generation), changes)
        self.stand(working=True)
        # Textual's own stderr has no file descriptor, which the start of a process asks for.
        with redirect_stderr(sys.__stderr__):
            self.engine.start()

    def hear(self, message: Message, generation: int) -> None:
        """Called by the engine's reader, in a thread of its own; an engine that was cancelled is not heard."""
        if generation != self._generation or not self.is_running:
            return
        if isinstance(message, Event):
            self.post_message(EngineSaid(message))
        elif isinstance(message, Question):
            self.post_message(EngineAsked(message))
        else:
            self.post_message(EngineEnded(message))

    async def on_engine_said(self, message: EngineSaid) -> None:
        event, now = message.event, self.monotonic()
        self.progress = self.progress.told(event, now)
        self.standing = self._logged(standings.told(self.standing, event), event)
        if event.data.get("uncancellable") is not None:
            self.standing = replace(self.standing, uncancellable=bool(event.data["uncancellable"]))
        if event.kind == "progress":
            self._latest = event
            self._flush_later()
            return
        await self._tell_latest()
        if event.kind == "begin":
            self._wanted = event.state.value
            self._shown = None
            self.standing = replace(self.standing, working=True, uncancellable=False)
            self._step(self._wanted).begins()
        elif event.kind == "end":
            self.standing = replace(self.standing, uncancellable=False)
            if self.progress.elapsed(now) > LONG_STEP:
                self.announce(f"{WORDS[event.state]} is done")
        self._untold.append((event.state.value, event))
        await self.settle()

    def _logged(self, standing: Standing, event: Event) -> Standing:
        words = log_words(event, self.progress.elapsed(self.monotonic()))
        if not words:
            return standing
        line = f"{self.wall():%H:%M:%S}  {WORDS[event.state]:<9}  {words}".splitlines()[0]
        return replace(standing, tail=(*standing.tail, line)[-TAIL:])

    def _flush_later(self) -> None:
        if not self._flush_due:
            self._flush_due = True
            self.set_timer(FRAME_SECONDS if is_step(self.screen) else BENEATH_SECONDS, self._tell_latest)

    async def _tell_latest(self) -> None:
        """Tell the newest progress; those before it are overtaken."""
        self._flush_due = False
        event, self._latest = self._latest, None
        if event is not None:
            self._untold.append((event.state.value, event))
            await self.settle()

    async def on_engine_asked(self, message: EngineAsked) -> None:
        await self._tell_latest()
        await self.ask(message.question)

    async def ask(self, question: Question) -> None:
        """Open a question, the engine's or one of our own."""
        self.question = question
        self._asked_at = self.monotonic()
        self._wanted = name_of(question)
        self.standing = standings.asked(self.standing, question)
        # These come before anything was written in this sitting, or interrupt it.
        writes = question.kind != "refusal" and self._wanted not in ("resume", "undo")
        if writes and self.standing.root and not self.standing.look:
            self.standing = replace(self.standing, saved=f"{self.wall():%H:%M}")
        await self.settle()

    def on_engine_ended(self, message: EngineEnded) -> None:
        self.question = None
        self.exit(message.ended)

    async def on_step_shown(self, message: StepShown) -> None:
        await self._tell_latest()
        await self.settle()

    async def settle(self) -> None:
        """Bring the wanted screen to the top and tell it what it has not heard; overlays are left in peace."""
        if is_step(self.screen):
            wanted = self._step(self._wanted)
            if self.screen is not wanted:
                await self.switch_screen(wanted)
            self.stand()
            if self.question is not None and self._shown is not self.question:
                self._shown = self.question
                wanted.show(self.question)
        untold, self._untold = self._untold, []
        for name, event in untold:
            screen = self._step(name)
            if screen.is_mounted:
                screen.told(event)
            else:
                self._untold.append((name, event))

    def _step(self, name: str) -> StepScreen:
        """The one instance of a screen, so that focus, scroll and marks are still there after going back and forth."""
        if name not in self._steps:
            self._steps[name] = screen_class(name)(self.standing)
            self.install_screen(self._steps[name], name)
        return self._steps[name]

    def stand(self, **changes: Any) -> None:
        """Change the standing, and let the screen on top show it."""
        progress, now = self.progress, self.monotonic()
        working = changes.get("working", self.standing.working)
        self.standing = replace(
            self.standing,
            doing=progress.doing if working else "",
            number=progress.number,
            total=progress.total,
            elapsed=progress.elapsed(now),
            remaining=progress.remaining(now),
            ride_remaining=progress.ride_remaining(now),
            **changes,
        )
        for screen in self.screen_stack:
            # While it opens or closes, a screen has some of its parts only.
            if isinstance(screen, Stands) and screen.is_mounted:
                with contextlib.suppress(NoMatches):
                    screen.stands(self.standing)

    def _tick(self) -> None:
        if self.standing.working and self.progress.began:
            self.stand()

    def sent(self, answer: str) -> None:
        """Hand an answer over; until the next question no other one goes out."""
        question = self.question
        self.question = None
        self.progress = self.progress.waited(self.monotonic() - self._asked_at)
        self.title_reset()
        if question is not None and question.id == stopping.ID:
            self._after_stop(answer, question)
            return
        self.stand(working=True)
        step = self._step(self._wanted)
        if step.is_mounted and question is not None and question.kind == "review" and answer == "again":
            # The project may be loaded anew first; what was found does not count from now on.
            step.begins()
        elif step.is_mounted:
            step.works()
        assert self.engine is not None
        self.engine.answer(answer)

    def _after_stop(self, answer: str, question: Question) -> None:
        if answer == "quit":
            self.exit(stopping.left(self.standing))
        elif answer == "back":
            self.begin(greeted=True, back_to=stopping.before(question.state))
        else:
            self.begin(greeted=True, **({"undo": True} if answer == "undo" else {}))

    async def stop_engine(self) -> None:
        """End the engine within a second; what it still says is not heard."""
        self._generation += 1
        if self.engine is not None:
            await asyncio.to_thread(self.engine.cancel)

    async def action_plain(self) -> None:
        if self.unstoppable():
            return
        await self.stop_engine()
        self.exit(Ended(ExitCode.DONE, code="plain"))

    async def action_quit(self) -> None:
        self.action_leave()

    def action_help_quit(self) -> None:
        self.action_leave()

    def on_resize(self, event: events.Resize) -> None:
        if self._steps:
            self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """Cover the ride where the window is too small for it."""
        top: Screen[Any] = self.screen
        if too_small(size) != isinstance(top, SmallScreen):
            if isinstance(top, SmallScreen):
                self.pop_screen()
            else:
                self.push_screen(SmallScreen())
