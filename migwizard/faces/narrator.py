"""What `run` and the other commands say on stderr, and how they ask on a terminal."""

from __future__ import annotations

from migwizard.engine.talk import Event, Question
from migwizard.faces.console import Console
from migwizard.faces.menu import LEAVING, Menu

DETAIL = ("progress", "finding", "operation", "end", "project")
"""Events that only --verbose shows; `end` never says more than `begin` did."""


class Narrator:
    """Tells people on stderr what happens; asks on the terminal where there is one."""

    def __init__(self, *, verbose: bool = False, no_input: bool = False) -> None:
        self._verbose = verbose
        self._no_input = no_input
        # One for all that is said: events come from several threads, and each line must be a write of its own.
        self._console = Console()

    def tell(self, event: Event) -> None:
        if event.kind in DETAIL and (not self._verbose or event.kind == "end"):
            return
        mark = {"begin": "==>", "note": "note:", "warning": "warning:"}.get(event.kind, "   ")
        self._console.show(f"{mark} {event.text}")

    def ask(self, question: Question) -> str | None:
        if self._no_input or not self._console.by_hand:
            return None
        self._console.show("")
        self._console.say(question.headline)
        self._console.say(question.text)
        return Menu(question, self._console, moves=LEAVING).ask()
