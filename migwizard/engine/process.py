"""The engine in a process of its own, so that nothing it does can hold up a keystroke, and cancelling is ending it.

Ending it at any moment is safe: every step is journaled before, and the next start finishes it or takes it back. What
crosses the pipe are events, questions with their previews, and answers.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from migwizard.engine.talk import MARK, Event, Question
from migwizard.exit_codes import ExitCode
from migwizard.harmless import harmless_copy

if TYPE_CHECKING:
    from migwizard.engine.options import Opening, Options

INTERRUPTED = "interrupted"
"""Code of a sitting that was cut off."""
PATIENCE_SECONDS = 0.6
"""How long the engine gets to close its files before it is ended for good."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The engine ended: with a report, or with the sentence of a refusal."""

    exit_code: ExitCode
    report: dict[str, Any] | None = None
    sentence: str = ""
    cures: tuple[str, ...] = ()
    code: str = ""


Message = Event | Question | Ended


class Engine:
    """The wizard's end of the pipe. `heard` is called from a thread of its own with every message."""

    def __init__(self, opening: Opening, options: Options, heard: Callable[[Message], None]) -> None:
        self._heard = heard
        self._cancelled = False
        self._shown: dict[str, str] = {}
        """What texts were before they became harmless, for answers that hold a name."""
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, opening, options), name="migwizard engine")
        self._other = other
        self._reader = threading.Thread(target=self._read, daemon=True)

    def start(self) -> None:
        self._process.start()
        self._other.close()
        self._reader.start()

    def answer(self, text: str) -> None:
        """Answer the question that is open, or note a mark on it."""
        for shown, text_before in self._shown.items():
            # A single sign stands in every other answer.
            if len(shown) > 2:
                text = text.replace(shown, text_before)
        try:
            self._pipe.send(text)
        except OSError:
            # It ended meanwhile; the reader says so.
            return

    def cancel(self) -> None:
        """End it within a second, whatever it does; nobody hears from it any more."""
        self._cancelled = True
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(PATIENCE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _read(self) -> None:
        ended = False
        while not ended:
            try:
                message: Message = self._pipe.recv()
            except (EOFError, OSError):
                message = Ended(
                    ExitCode.FAILED,
                    sentence="The engine's process ended without a word; nothing is lost.",
                    code="engine-died",
                )
            ended = isinstance(message, Ended)
            if not self._cancelled:
                self._heard(harmless_copy(message, self._shown))


class _PipeFace:
    """The engine's end: events and questions go out, answers come in."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._one_at_a_time = threading.Lock()
        self._open: Question | None = None
        """The question that was marked, and is open still at the other end."""

    def tell(self, event: Event) -> None:
        if event.kind == "end":
            # The result is for the checkpoint; a preview follows.
            event = Event(event.kind, event.state, event.text)
        self.send(event)

    def ask(self, question: Question) -> str | None:
        if question is not self._open:
            self.send(question)
        try:
            answer: str = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise KeyboardInterrupt from error
        self._open = question if answer.startswith(MARK) else None
        return answer

    def send(self, message: Message) -> None:
        with self._one_at_a_time:
            try:
                self._pipe.send(message)
            except OSError as error:
                # The wizard is gone, so is its person.
                raise KeyboardInterrupt from error


def _serve(pipe: Connection, opening: Opening, options: Options) -> None:
    """The engine's process: never writes to the terminal, ends when the wizard does."""
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    from migwizard.engine.session import sit
    from migwizard.errors import as_sentence

    face = _PipeFace(pipe)
    try:
        face.send(Ended(ExitCode.DONE, report=sit(opening, face, options)))
    except KeyboardInterrupt:
        return
    except Exception as error:
        refusal = as_sentence(error)
        face.send(Ended(refusal.exit_code, sentence=refusal.sentence, cures=refusal.cures, code=refusal.code))
