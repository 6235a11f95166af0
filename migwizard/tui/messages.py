"""Messages between engine, app and screens: what happened, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from migwizard.engine.process import Ended
from migwizard.engine.talk import Event, Question


@dataclass
class EngineSaid(Message):
    """Something happened in the engine."""

    event: Event


@dataclass
class EngineAsked(Message):
    """The engine waits for an answer."""

    question: Question


@dataclass
class EngineEnded(Message):
    """The engine has finished, or was stopped by a refusal that nobody cured."""

    ended: Ended


@dataclass
class Answered(Message):
    """The person took a choice of the open question; `answer` is "key" or "key=TEXT"."""

    answer: str


@dataclass
class Marked(Message):
    """The person noted something on the open question, which stays open."""

    text: str


@dataclass
class Explained(Message):
    """The focus moved to something with an explanation of its own."""

    topic: str


@dataclass
class StepShown(Message):
    """A screen of the ride lies on top again, since the last overlay was closed."""


@dataclass
class CopyWanted(Message):
    """A text is to go to the clipboard and into a file of this name; or only into the file."""

    text: str
    name: str
    clipboard: bool = True
