"""What `run` and the other commands say on stderr, and how they ask on a terminal."""

from __future__ import annotations

import sys

from migwizard.engine.talk import Event, Question
from migwizard.faces.console import Console
from migwizard.faces.menu import Menu

DETAIL = ("progress", "finding", "operation", "end", "project")
"""Events that only --verbose shows; `end` never says more than `begin` did."""


class Narrator:
    """Tells people on stderr what happens; asks on the terminal where there is one."""

    def __init__(self, *, verbose: bool = False, no_input: bool = False) -> None:
        self._verbose = verbose
        self._no_input = no_input

    def tell(self, event: Event) -> None:
        if event.kind in DETAIL and (not self._verbose or event.kind == "end"):
            return
        mark = {"begin": "==>", "note": "note:", "warning": "warning:"}.get(event.kind, "   ")
        print(f"{mark} {event.text}", file=sys.stderr, flush=True)

    def ask(self, question: Question) -> str | None:
        if self._no_input or not sys.stdin.isatty():
            return None
        console = Console()
        console.show("")
        console.say(question.headline)
        console.say(question.text)
        return Menu(question, console, moves=False).ask()
