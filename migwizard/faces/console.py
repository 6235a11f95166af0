"""Lines out, lines in: appended, wrapped to a readable width, never drawn over."""

from __future__ import annotations

import contextlib
import io
import sys
import termios
import textwrap
from threading import RLock
from typing import TextIO

from migwizard.harmless import harmless

WIDTH = 79


class Console:
    """Writes lines to one stream and reads answers from another.

    Answers that do not come from a terminal are written down too, so that a piped run reads like one by hand.
    """

    def __init__(self, answers: TextIO | None = None, out: TextIO | None = None) -> None:
        # There is no stdin where whoever started us closed it: then there are no answers.
        self._answers = answers or sys.stdin or io.StringIO()
        self._out = out or sys.stderr
        self._one_at_a_time = RLock()
        self.by_hand = self._answers.isatty()
        self._asking = ""
        """The prompt that waits for an answer, at a terminal."""
        self.ended = False
        """Whether there are no more answers to read."""

    def say(self, text: str, *, indent: int = 0, hang: int = 0) -> None:
        """A paragraph, wrapped; its own line breaks are kept. Words and paths are never cut."""
        for line in text.splitlines():
            self._write(
                textwrap.fill(
                    line,
                    WIDTH,
                    initial_indent=" " * indent,
                    subsequent_indent=" " * (indent + hang),
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )

    def show(self, text: str) -> None:
        """A text as it is: source code, a traceback, a certificate."""
        self._write(text.rstrip("\n"))

    def read(self, prompt: str = "> ") -> str | None:
        """The next answer without the blanks around it; None where there is no more."""
        if self.ended:
            return None
        if self.by_hand:
            self._forget_keys()
        with self._one_at_a_time:
            self._write(prompt, end="")
            self._asking = prompt if self.by_hand else ""
        try:
            line = self._answers.readline()
        finally:
            self._asking = ""
        if not line:
            self.ended = True
            self._write("")
            return None
        if not self.by_hand:
            self._write(line.rstrip("\n"))
        return line.strip()

    def _forget_keys(self) -> None:
        """Drop what was typed before there was a question: it answers nothing. On a pipe the lines are the answers."""
        with contextlib.suppress(OSError, termios.error):
            termios.tcflush(self._answers.fileno(), termios.TCIFLUSH)

    def _write(self, text: str, end: str = "\n") -> None:
        with self._one_at_a_time:
            line = harmless(text) + end
            # What another thread says meanwhile gets a line of its own, and the prompt comes again.
            self._out.write(f"\n{line}{self._asking}" if self._asking else line)
            self._out.flush()
