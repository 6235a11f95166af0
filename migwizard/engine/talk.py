"""What the engine says and asks. A face (command line, wizard, JSON) decides what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from migwizard.engine.states import State
from migwizard.exit_codes import ExitCode

if TYPE_CHECKING:
    from migwizard.engine.previews import Preview

MARK = "mark:"
"""Begins what a person notes on a review without answering it: the engine keeps it, and the question stays open."""
TO = "to:"
"""Begins the key of a choice that goes back to the state which it names."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened: a state began or ended, a finding, progress, a result."""

    kind: str
    state: State
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question and what it will do.

    The answer is `key`, or `key=TEXT` where the choice `wants` a text along.
    """

    key: str
    effect: str
    """A sentence: what happens, and how it is taken back."""
    label: str = ""
    """The words on a button, verb first, with number and object; empty: the key says it."""
    group: str = ""
    """Rarer choices that belong together ("apps", "order", "verdicts"); a face folds them away."""
    writes: str = ""
    """What it changes in the project or a database: "47 files"; a face asks once more, the safe answer in focus."""
    typed: str = ""
    """A word that must be typed before it counts: the alias of a database that is not local."""
    wants: str = ""
    """What the person is to type along: "path of a Python"."""
    empty: str = ""
    """What typing nothing means: "the planned name again". Without words for it, nothing typed is no answer."""
    shows: str = ""
    """A text that the face shows, and can copy or save, instead of answering."""

    @property
    def words(self) -> str:
        return self.label or self.key.replace("-", " ").capitalize()


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
    """The choice that cannot hurt, which `--yes` gives; None where there is none."""
    exit_code: ExitCode = ExitCode.UNDECIDED
    """How a run without an answer ends."""
    kind: Literal["decide", "review", "refusal"] = "decide"
    """A decision of its own; the approval of a whole state; or something that stands in the way, with its cures."""
    default: str | None = None
    """What a bare Enter means to a person: only what changes nothing outside our own folder."""
    preview: Preview | None = None
    """What a screen shows with it."""
    details: str = ""
    """More to read: a traceback, both definitions, the command's output."""
    refused: bool = False
    """Whether `text` says why the last answer could not be followed; the same is asked again."""

    def choice(self, answer: str) -> Choice | None:
        """The choice that `answer` ("key" or "key=TEXT") takes; a key may hold a name with an equals sign."""
        by_key = {item.key: item for item in self.choices}
        return by_key.get(answer) or by_key.get(answer.partition("=")[0])

    @property
    def way_back(self) -> Choice | None:
        """The choice that goes back, under whichever key it is offered; None where no choice does.

        A refusal offers the step before by its name, where that is one of its cures.
        """
        return self.choice("back") or next((item for item in self.choices if item.key.startswith(TO)), None)


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
    about: str = ""
    """Hash of what was decided about, where the decision holds for that alone; empty too where nobody noted it."""
