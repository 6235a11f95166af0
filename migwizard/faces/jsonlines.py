"""One JSON object a line on stdout, for programs."""

from __future__ import annotations

import json
import sys
from threading import Lock
from typing import Any

from migwizard.engine.talk import Event, Question

_ONE_AT_A_TIME = Lock()


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


def emit(data: dict[str, Any]) -> None:
    """One line of data on stdout; threads that report progress do not get into each other's lines."""
    line = json.dumps(data, default=str) + "\n"
    with _ONE_AT_A_TIME:
        sys.stdout.write(line)
        sys.stdout.flush()
