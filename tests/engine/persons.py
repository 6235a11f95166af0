"""A person who answers a sitting from a script, and what happens to the project meanwhile."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migwizard.engine.options import Opening, Options
from migwizard.engine.session import sit
from migwizard.engine.talk import Event, Question
from migwizard.errors import LeftError, MigwizardError
from tests.engine.support import Shop

Act = str | Callable[[Question], str | None]
"""An answer, or something that happens while the question is open and returns one."""


@dataclass
class Person:
    """Answers by question id, or by its beginning up to a colon, one after another; leaves where the script says nothing."""

    script: Mapping[str, Sequence[Act]] = field(default_factory=dict)
    goes_on: bool = False
    """Whether questions that are not in the script get what Enter alone means, or the safe answer; refusals never do."""
    questions: list[Question] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = {key: list(answers) for key, answers in self.script.items()}

    def tell(self, event: Event) -> None:
        self.events.append(event)

    def ask(self, question: Question) -> str | None:
        self.questions.append(question)
        scripts = (answers for id, answers in self._left.items() if answers and _is(id, question))
        waiting = next(scripts, None)
        act = waiting.pop(0) if waiting else self._usual(question)
        answer = act(question) if callable(act) else act
        self.answers.append(answer)
        return answer

    def _usual(self, question: Question) -> str:
        if not self.goes_on or question.kind == "refusal":
            return "quit"
        return question.default or question.safe or question.choices[0].key

    def every(self, id: str) -> list[Question]:
        """The questions with this id, or with this beginning of one."""
        return [question for question in self.questions if _is(id, question)]

    def asked(self, id: str) -> Question:
        """The last one of them."""
        return self.every(id)[-1]

    @property
    def ids(self) -> list[str]:
        return [question.id for question in self.questions]


def _is(id: str, question: Question) -> bool:
    """Whether this is the question's id, or with a colon at its end the beginning of it."""
    return question.id == id or (id.endswith(":") and question.id.startswith(id))


@dataclass(frozen=True)
class Sat:
    """How a sitting ended: with a report, or with an error."""

    person: Person
    report: dict[str, Any] | None
    error: MigwizardError | None

    @property
    def left(self) -> bool:
        return isinstance(self.error, LeftError)


def sit_down(root: Path, person: Person, opening: Opening | None = None, **options: Any) -> Sat:
    """Sit through the ride with this person."""
    begin = opening or Opening(root, python=sys.executable)
    try:
        return Sat(person, sit(begin, person, Options(review=True, **options)), None)
    except MigwizardError as error:
        return Sat(person, None, error)


def sitting(shop: Shop, script: Mapping[str, Sequence[Act]]) -> tuple[Person, dict[str, Any] | MigwizardError | None]:
    """Sit once in the shop's own environment, going on where the script says nothing; the person, and how it ended."""
    sat = sit_in(shop, Person(script, goes_on=True))
    return sat.person, sat.report or sat.error


def sit_in(shop: Shop, person: Person) -> Sat:
    """Sit through the ride with this person, in the shop's own environment."""
    with _environment(shop):
        return sit_down(shop.root, person)


@contextmanager
def _environment(shop: Shop) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(shop.environment())
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
