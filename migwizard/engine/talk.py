"""What the engine says and asks. A face (command line, wizard, JSON) decides what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from migwizard.engine.states import State
from migwizard.exit_codes import ExitCode


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened: a state began or ended, a finding, progress, a result."""

    kind: str
    state: State
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question and what it will do."""

    key: str
    effect: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person can decide, or that `--yes` answers with the safe choice."""

    id: str
    """Stable name, the key in an answers file: "drift", "keep:shop.0004_seed#0", "switch:default"."""
    state: State
    headline: str
    text: str
    choices: tuple[Choice, ...]
    safe: str | None
    """The choice that cannot hurt; None where there is none."""
    exit_code: ExitCode = ExitCode.UNDECIDED
    """How a run without an answer ends."""


class Face(Protocol):
    """Shows events and answers questions."""

    def tell(self, event: Event) -> None: ...

    def ask(self, question: Question) -> str | None:
        """The key of the choice, or None where nobody is there to answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision and who made it: "person", "answers file" or "--yes"."""

    choice: str
    by: str
