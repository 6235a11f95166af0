"""The log: what the engine said and asked, with the time, beside what the project's own code wrote."""

from __future__ import annotations

from datetime import datetime

from migwizard import logfile
from migwizard.engine.talk import Event, Face, Question
from migwizard.paths import Workplace
from migwizard.project.places import without_password
from migwizard.project.via import shown_text


class Logged:
    """A face that also writes everything to the log file, once the reset has a folder."""

    def __init__(self, face: Face, place: Workplace) -> None:
        self._face = face
        self._log = place.log

    def tell(self, event: Event) -> None:
        self._write(f"{event.state.value:<9} {event.kind:<8} {event.text}")
        self._face.tell(event)

    def ask(self, question: Question) -> str | None:
        self._write(f"{question.state.value:<9} asked    {question.id}: {question.headline}")
        answer = self._face.ask(question)
        self._write(
            f"{question.state.value:<9} answered {question.id}: {_without_secrets(answer) if answer else answer}"
        )
        return answer

    def _write(self, line: str) -> None:
        logfile.append(self._log, f"{datetime.now():%H:%M:%S} {line}\n")


def _without_secrets(answer: str) -> str:
    """An answer without the passwords of places and without the variables of a command that was typed along."""
    if answer.startswith("via="):
        return f"via={shown_text(answer.removeprefix('via='))}"
    return " ".join(map(without_password, answer.split(" ")))
