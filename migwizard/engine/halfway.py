"""A change of the tree that a kill cut off: carried to its end, or taken back.

It needs neither the project nor a checkpoint: the journal knows every step, and each text is recognised by its hash
wherever it lies. So a tree never stays half one history and half the other because a folder of ours was emptied.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from migwizard.engine import durable, journal
from migwizard.engine.journal import Entry, Step
from migwizard.engine.ride import reset_time
from migwizard.errors import MigwizardError
from migwizard.paths import Workplace


def settle(place: Workplace, entry: Entry, *, back: bool) -> Entry:
    """Bring the tree to one history, and return the change that did it; the caller ends it in the journal.

    A swap goes on to its end, unless it is to be taken back, or a text that it needs is gone or was changed. Raises
    ConflictError where a file is neither old nor new, MigwizardError where the backup of one is gone; nothing is
    touched then.
    """
    journal.check(place.root, entry.steps)
    if entry.kind == "undo":
        entry = replace(entry, steps=tuple(_from_backup(place, entry, step) for step in entry.steps))
    elif back or not _at_hand(place, entry):
        steps = tuple(_from_backup(place, entry, _reversed(step)) for step in entry.steps)
        entry = replace(entry, kind="undo", steps=steps)
        journal.begin(place.journal, entry, reset_time())
    journal.carry_out(place.root, place.folder, entry.steps)
    return entry


def is_half(place: Workplace, entry: Entry) -> bool:
    """Whether the tree is not the old history alone: of a swap something was done, of an undo something is left."""
    done = [
        durable.file_hash(place.root / step.path) == step.after for step in entry.steps if step.before != step.after
    ]
    return any(done) if entry.kind == "apply" else not all(done)


def _at_hand(place: Workplace, entry: Entry) -> bool:
    """Whether every file that is to come lies in staging as it was approved; the steps after Apply read it there too."""
    return all(step.after in (None, durable.file_hash(place.folder / str(step.source))) for step in entry.steps)


def _reversed(step: Step) -> Step:
    """From what a step leaves to what it found."""
    return Step(step.path, step.after, step.before)


def _from_backup(place: Workplace, entry: Entry, step: Step) -> Step:
    """The step with the place of its text in our backup, fetched from the second one where it is gone."""
    if step.after is None or durable.file_hash(place.root / step.path) == step.after:
        return step
    for backup in (place.backup, place.second_backup / entry.run_id):
        for path in sorted(backup.glob(f"*/{Path(step.path).name}")):
            if durable.file_hash(path) == step.after:
                kept = place.backup / path.relative_to(backup)
                if path != kept:
                    durable.write_file(kept, path.read_bytes(), mode=path.stat().st_mode & 0o777)
                return replace(step, source=str(kept.relative_to(place.folder)))
    raise MigwizardError(
        f"The files are half swapped, and the backup of {step.path} is gone. Nothing was changed.",
        code="no-backup",
        cures=("Take the old migration files from git.",),
    )
