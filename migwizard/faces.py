"""The two faces without a screen: narration for people, and one JSON object a line for programs."""

from __future__ import annotations

import json
import sys
from threading import Lock
from typing import Any

from migwizard.engine.talk import Event, Question


class Narrator:
    """Tells people on stderr what happens; asks on the terminal where there is one."""

    def __init__(self, *, verbose: bool = False, no_input: bool = False) -> None:
        self._verbose = verbose
        self._no_input = no_input

    def tell(self, event: Event) -> None:
        if event.kind == "progress" and not self._verbose:
            return
        if event.kind == "end":
            return
        mark = {"begin": "==>", "note": "note:", "warning": "warning:"}.get(event.kind, "   ")
        print(f"{mark} {event.text}", file=sys.stderr, flush=True)

    def ask(self, question: Question) -> str | None:
        if self._no_input or not sys.stdin.isatty():
            return None
        print(f"\n{question.headline}\n{question.text}", file=sys.stderr)
        for number, choice in enumerate(question.choices, 1):
            mark = " (safe)" if choice.key == question.safe else ""
            print(f"  {number}. {choice.key}{mark}: {choice.effect}", file=sys.stderr)
        while True:
            print("Number: ", end="", file=sys.stderr, flush=True)
            line = sys.stdin.readline()
            if not line:
                return None
            if line.strip().isdigit() and 1 <= int(line) <= len(question.choices):
                return question.choices[int(line) - 1].key


class JsonLines:
    """Events and questions as JSON on stdout; answers nothing."""

    def tell(self, event: Event) -> None:
        data = {key: value for key, value in event.data.items() if key != "result"}
        emit({"type": "event", "event": event.kind, "state": event.state.value, "text": event.text, "data": data})

    def ask(self, question: Question) -> str | None:
        emit(
            {
                "type": "question",
                "id": question.id,
                "state": question.state.value,
                "headline": question.headline,
                "text": question.text,
                "choices": [{"key": choice.key, "effect": choice.effect} for choice in question.choices],
                "safe": question.safe,
            }
        )
        return None


_ONE_AT_A_TIME = Lock()


def emit(data: dict[str, Any]) -> None:
    """One line of data on stdout; threads that report progress do not get into each other's lines."""
    line = json.dumps(data, default=str) + "\n"
    with _ONE_AT_A_TIME:
        sys.stdout.write(line)
        sys.stdout.flush()
