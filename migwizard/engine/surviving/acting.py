"""Changes written, journaled, and taken back. The journal is one of its own: a reset's tells of other things."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from migwizard.engine.ride import fingerprint, reset_time
from migwizard.engine.surviving import durable, journal
from migwizard.engine.surviving.journal import Entry, Step
from migwizard.engine.swapping import committed, companions
from migwizard.errors import ConflictError
from migwizard.paths import Workplace
from migwizard.stored import printable


class Change(Protocol):
    """One file as it is and as it will be; None where it goes."""

    @property
    def path(self) -> str: ...
    @property
    def before(self) -> bytes: ...
    @property
    def after(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Acts:
    """What was done to the files of one checkout, apart from a reset; `name` tells one kind from another."""

    place: Workplace
    name: str = "branch"

    @property
    def folder(self) -> Path:
        return self.place.folder / self.name

    @property
    def journal(self) -> Path:
        return self.folder / "journal.jsonl"

    def write(self, changes: Iterable[Change]) -> None:
        """Bring every file to its new text. Raises ConflictError where one was changed meanwhile."""
        steps = []
        for change in changes:
            texts = {durable.sha256(data): data for data in (change.before, change.after) if data is not None}
            for digest, data in texts.items():
                durable.write_file(self.folder / digest, data)
            after = None if change.after is None else durable.sha256(change.after)
            steps.append(Step(change.path, durable.sha256(change.before), after, after))
        journal.check(self.place.root, steps)
        at = reset_time()
        self._carry_out(Entry("apply", fingerprint(at, steps)[:12], tuple(steps)), at)

    def settle(self) -> str:
        """Finish what a kill has cut off; returns what it was, "apply", "undo" or nothing. Raises ConflictError as `write`."""
        entry = journal.unfinished(self.journal)
        if entry is not None:
            self._check_ours(entry.steps)
            journal.check(self.place.root, entry.steps)
            journal.carry_out(self.place.root, self.folder, entry.steps)
            journal.end(self.journal, entry)
        self._sweep()
        return entry.kind if entry else ""

    @property
    def written(self) -> tuple[Entry, ...]:
        """Everything that was written and not taken back, the oldest first."""
        begun = {entry.run_id: entry for entry in journal.swaps(self.journal)}
        return tuple(entry for run_id, entry in begun.items() if journal.stands(self.journal, run_id) != "undo")

    def undo(self, entries: Sequence[Entry]) -> None:
        """Give every file of these its old text back. Raises ConflictError where one was edited since."""
        steps = steps_back(entries)
        self._check_ours(steps)
        journal.check(self.place.root, steps)
        for entry in reversed(entries):
            self._carry_out(Entry("undo", entry.run_id, steps_back([entry])), reset_time())
        self._sweep()

    def _sweep(self) -> None:
        """Remove the folder once nothing is left to take back."""
        if self.folder.is_dir() and not self.written:
            shutil.rmtree(self.folder)

    def _check_ours(self, steps: Iterable[Step]) -> None:
        """Raise ConflictError where a step is none that `write` made: it keeps both texts first, and goes by migrations alone."""
        for step in steps:
            texts = {digest for digest in (step.before, step.after) if digest is not None}
            is_kept = all(digest.isalnum() and durable.file_hash(self.folder / digest) == digest for digest in texts)
            along = committed.is_committed(step.path) or companions.is_companion(step.path)
            if not is_kept or step.source not in (None, step.after) or not (along or step.path.endswith(".py")):
                raise ConflictError(
                    f"The journal {self.journal} asks for {printable(step.path)} to be changed, and keeps not both texts of it, or it "
                    "is no migration. Nothing was changed.",
                    code="journal-outside",
                    cures=(f"Move the folder {self.folder} away, and start again.",),
                )

    def _carry_out(self, entry: Entry, at: str) -> None:
        journal.begin(self.journal, entry, at)
        journal.carry_out(self.place.root, self.folder, entry.steps)
        journal.end(self.journal, entry)


def steps_back(entries: Iterable[Entry]) -> tuple[Step, ...]:
    """The way back from all of these, one step a file; the oldest comes first in them."""
    first: dict[str, Step] = {}
    last: dict[str, Step] = {}
    for step in (step for entry in entries for step in entry.steps):
        first.setdefault(step.path, step)
        last[step.path] = step
    return tuple(Step(path, last[path].after, first[path].before, first[path].before) for path in first)
