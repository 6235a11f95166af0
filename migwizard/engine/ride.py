"""Everything a state needs while it works: the project, its guest, the checkpoint, and the face."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from migwizard.engine.options import Options
from migwizard.engine.states import State
from migwizard.engine.surviving import durable
from migwizard.engine.surviving.checkpoint import Checkpoint
from migwizard.engine.talk import MARK, Answer, Event, Face, Question
from migwizard.errors import ConflictError, LeftError, UndecidedError, UsageError
from migwizard.paths import Workplace
from migwizard.project.apps import ProjectApps
from migwizard.project.discovery import Project
from migwizard.project.embedded import Server
from migwizard.project.guest import Guest
from migwizard.words import leaving

BY_NOBODY = "--yes"
"""Who gave an answer that no person gave: the safe one was taken."""
CUT = "cut"
"""Key of what is kept above the cut in the results; `without` lists the migrations that the folded part lacks."""
PULLED = "manifest of another checkout's reset"
"""Key of the committed manifest in the facts, where no reset was made in this checkout (see `engine.switching.pulled`)."""


class Turn(Exception):  # noqa: N818 - not an error: the person turns elsewhere
    """Instead of an answer: "back" to the state before, or to an earlier one, "undo" of what was done, or "quit" for today."""

    WORDS = ("back", "undo", "quit")

    def __init__(self, where: str, to: State | None = None) -> None:
        super().__init__(where)
        self.where = where
        self.to = to


@dataclass(slots=True)
class Ride:
    """One run of the engine."""

    project: Project
    workplace: Workplace
    guest: Guest
    face: Face
    options: Options
    checkpoint: Checkpoint
    facts: dict[str, Any] = field(default_factory=dict)
    """What the guest said, by request; read once a run."""
    resumed: bool = False
    """Whether the checkpoint was there already."""
    put_back: int = 0
    """Files that went back at the opening: a kill had left them half swapped."""
    read_only: bool = False
    """A look, or the switch of a reset that was made elsewhere: nothing is saved in this checkout."""
    waited: float = 0.0
    """Seconds spent waiting for answers."""
    server: Server | None = None
    """A database server of ours, for the time of the ride."""
    is_held: Callable[[], bool] = lambda: True
    """Whether the lock is where it was taken; without it somebody removed our folder."""
    scratch_folder: Path | None = None
    """Where results and scratch databases go instead of the project's own folder."""

    @property
    def scratch(self) -> Path:
        return self.scratch_folder or self.workplace.scratch

    @property
    def work(self) -> Path:
        return self.scratch_folder or self.workplace.work

    def tell(self, kind: str, text: str = "", **data: Any) -> None:
        self.face.tell(Event(kind, self.checkpoint.state, text, data))

    def gone(self) -> ConflictError | None:
        """The error for a folder that somebody removed meanwhile; once a swap was begun the second backup stands in."""
        begun = self.checkpoint.applied or (self.second / self.workplace.journal.name).is_file()
        if begun or self.is_held():
            return None
        return ConflictError(
            f"The folder {self.workplace.folder} was removed while migwizard worked with it, so the reset begins anew at the next "
            "start. Your project is unchanged.",
            code="folder-gone",
            cures=("Start again.",),
            details={"stopped_at": State.PREFLIGHT.value},
        )

    def save(self) -> None:
        if self.read_only:
            return
        if (gone := self.gone()) is not None:
            raise gone
        self.checkpoint.save(self.workplace.checkpoint)
        if self.checkpoint.applied:
            self.keep()

    def keep(self) -> None:
        """Copy checkpoint and journal beside the second backup, so that undo works although somebody emptied our folder."""
        for path in (self.workplace.checkpoint, self.workplace.journal):
            if path.is_file():
                durable.write_file(self.second / path.name, path.read_bytes())

    @property
    def second(self) -> Path:
        """Where the second backup of this reset lies."""
        return self.workplace.second_backup / self.checkpoint.run_id

    def ask(self, question: Question) -> str:
        """The decision on a question: from the checkpoint, the answers file, `--yes` or a person.

        Raises UndecidedError (with the question's exit code) where nobody answers, UsageError for an unknown choice.
        """
        known = {choice.key for choice in question.choices}
        answer = self._answer(question)
        if answer.choice not in known:
            raise UsageError(
                f"{answer.choice!r} is no answer to {question.id}; choose one of {', '.join(sorted(known))}.",
                code="answer",
            )
        if self.checkpoint.decisions.get(question.id) != answer:
            self.checkpoint.decisions[question.id] = answer
            self.save()
        return answer.choice

    def _answer(self, question: Question) -> Answer:
        if question.id in self.options.answers:
            return Answer(self.options.answers[question.id], "answers file")
        if question.id in self.checkpoint.decisions:
            return self.checkpoint.decisions[question.id]
        if self.options.yes:
            if question.safe is not None:
                return Answer(question.safe, BY_NOBODY)
        elif (choice := self._hear(question)) is not None:
            return Answer(choice, "person")
        raise self._undecided(question)

    def review(self, question: Question, marked: Callable[[Question, str], None] | None = None) -> str:
        """A person's answer to a question that is asked each time anew: nothing stored counts, and nothing is stored.

        `marked` keeps what the person notes on it meanwhile. Raises Turn, and UndecidedError where nobody answers.
        """
        answer = self._hear(question)
        while marked is not None and answer is not None and answer.startswith(MARK):
            marked(question, answer.removeprefix(MARK))
            answer = self._hear(question)
        if answer is None:
            raise self._undecided(question)
        if question.choice(answer) is None:
            raise UsageError(f"{answer!r} is no answer to {question.id}.", code="answer")
        return answer

    def _hear(self, question: Question) -> str | None:
        began = time.monotonic()
        try:
            answer = self.face.ask(question)
        finally:
            self.waited += time.monotonic() - began
        if self.options.review and answer in Turn.WORDS and question.choice(answer) is None:
            raise Turn(answer)
        if not self.options.review and answer == "quit" and question.choice(answer) is None:
            raise self.left()
        return answer

    def left(self) -> LeftError:
        """Where the person left, and how to go on."""
        changed = "The new files are in the tree" if self.checkpoint.applied else "The project is unchanged"
        said = leaving.sentence(self.checkpoint.state, changed)
        if PULLED in self.facts:
            said = "Stopped; nothing is lost."
        return LeftError(
            said, code=leaving.CODE, cures=leaving.CURES if self.options.review else leaving.CURES_OF_COMMANDS
        )

    def _undecided(self, question: Question) -> UndecidedError:
        error = UndecidedError(
            f"{question.headline}. {question.text}",
            code=question.id,
            cures=tuple(
                f'Answer it with --answers: {{"{question.id}": "{c.key}"}} ({c.effect})' for c in question.choices
            ),
            details={"unanswered": question.id},
        )
        error.exit_code = question.exit_code
        return error

    @property
    def without(self) -> list[list[str]]:
        """The migrations above the cut: kept ones, and those of other apps that come after them; none without a cut."""
        return list((self.checkpoint.results.get(CUT) or {}).get("without", ()))

    def history(self) -> dict[str, Any]:
        """The graph of the old history that is folded, as the guest reads it: all of it, or what lies below the cut."""
        return self._history(self.without)

    def whole_history(self) -> dict[str, Any]:
        """The same with what is kept on top."""
        return self._history([])

    def _history(self, without: list[list[str]]) -> dict[str, Any]:
        key = "history:below" if without else "history"
        if key not in self.facts:
            self.facts[key] = self.guest.call(
                "history", labels=list(self.apps.labels), folders=self.old_folders(), without=without
            )
        return dict(self.facts[key])

    def registry(self) -> dict[str, Any]:
        """Apps and models as they are today."""
        if "registry" not in self.facts:
            self.facts["registry"] = self.guest.call("registry")
        return dict(self.facts["registry"])

    def built(self) -> dict[str, Any]:
        """Apps, and the models that the new files build: those of today, or those at the cut."""
        if not self.without:
            return self.registry()
        if "registry:below" not in self.facts:
            self.facts["registry:below"] = self.guest.call(
                "registry_at_end", labels=list(self.apps.labels), folders=self.old_folders(), without=self.without
            )
        return dict(self.facts["registry:below"])

    def operations(self, source: str = "models") -> dict[str, Any]:
        """The operation graph that leads from nothing to the models, or ("history") to the end of what is folded."""
        key = f"operations:{source}"
        if key not in self.facts:
            at_history: dict[str, Any] = {"folders": self.old_folders(), "without": self.without}
            self.facts[key] = self.guest.call(
                "operations",
                labels=list(self.apps.labels),
                source=source,
                **(at_history if source == "history" else {}),
            )
        return dict(self.facts[key])

    def forget_cut(self) -> None:
        """The cut is another one: what was asked of the history below it is asked anew."""
        for key in ("history:below", "registry:below", "operations:history", "plan", "plan:operations"):
            self.facts.pop(key, None)

    @property
    def apps(self) -> ProjectApps:
        """The apps whose migrations are reset."""
        if "apps" not in self.facts:
            excluded = {
                *self.options.exclude,
                *self.checkpoint.results.get(State.PREFLIGHT, {}).get("excluded", ()),
                *self.project.config.exclude,
            }
            decisions = {key: answer.choice for key, answer in self.checkpoint.decisions.items()}
            for key, choice in (decisions | dict(self.options.answers)).items():
                if key.startswith("app:"):
                    # The last word: "out" or "in".
                    (excluded.add if choice == "out" else excluded.discard)(key.removeprefix("app:"))
            self.facts["apps"] = ProjectApps.of(
                self.registry()["apps"], self.project, self.guest.facts["prefix"], exclude=sorted(excluded)
            )
        apps: ProjectApps = self.facts["apps"]
        return apps

    def changed_sources(self) -> list[str]:
        """The project's files that are not what the guest loaded any more."""
        sources = self.guest.sources
        return [name for name, digest in sources.items() if durable.file_hash(self.project.root / name) != digest]

    def old_folders(self) -> dict[str, Path] | None:
        """Where the old history lies, once the tree holds the new one; None while the tree holds the old one."""
        if not self.checkpoint.applied:
            return None
        return {label: self.workplace.backup / label for label in self.checkpoint.folders}

    def new_folders(self) -> dict[str, Path] | None:
        """Where the new history lies: staging, and after Apply, here or elsewhere, the tree itself (None)."""
        if self.checkpoint.applied or PULLED in self.facts:
            return None
        return {label: self.workplace.staging / label for label in self.apps.labels}


def fingerprint(*values: Any) -> str:
    """A short hash of JSON-able values."""
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def reset_time() -> str:
    """Now, or SOURCE_DATE_EPOCH for reproducible output (reproducible-builds.org)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except ValueError as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is no number of seconds: {epoch!r}.", code="environment") from error
    return moment.replace(microsecond=0).isoformat()
