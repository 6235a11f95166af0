"""A change of the tree that a kill cut off: carried to its end, or taken back.

It needs neither the project nor a checkpoint: the journal knows every step, and each text is recognised by its hash
wherever it lies. So a tree never stays half one history and half the other because a folder of ours was emptied.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from migwizard.engine.ride import reset_time
from migwizard.engine.surviving import believable, durable, journal
from migwizard.engine.surviving.journal import Entry, Step
from migwizard.engine.swapping import committed
from migwizard.errors import MigwizardError
from migwizard.paths import COMPANION, Workplace
from migwizard.words.counting import count

HALF = "The files are half swapped. "


def settle(place: Workplace, entry: Entry, *, back: bool) -> Entry:
    """Bring the tree to one history, and return the change that did it; the caller ends it in the journal. Raises as `planned`."""
    settled = planned(place, entry, back=back)
    if settled.kind != entry.kind:
        journal.begin(place.journal, settled, reset_time())
    journal.carry_out(place.root, place.folder, settled.steps)
    return settled


def planned(place: Workplace, entry: Entry, *, back: bool) -> Entry:
    """The change that brings the tree to one history; writes nothing.

    A swap goes on to its end, unless it is to be taken back, or a text that it needs is gone or was changed. Raises
    ConflictError where a file is neither old nor new, or where the journal asks for what no reset does; MigwizardError
    where the backup of one is gone.
    """
    journal.check(place.root, entry.steps)
    believable.check(place, entry)
    if entry.kind == "undo":
        return replace(entry, steps=_sourced(place, entry.run_id, entry.steps, HALF))
    if back or not _at_hand(place, entry):
        return replace(entry, kind="undo", steps=steps_back(place, entry, HALF))
    believable.check_backed_up(place, entry, backed_up(place, entry.run_id))
    return entry


def is_half(place: Workplace, entry: Entry) -> bool:
    """Whether a file of the new history lies in the tree; a person may have removed old ones since, which is no half.

    Files come before others go: a swap that has done anything has brought one, and an undo with work left has one to go.
    """
    new = [(step.path, step.after if entry.kind == "apply" else step.before, step) for step in entry.steps]
    return any(
        digest is not None and step.before != step.after and durable.file_hash(place.root / path) == digest
        for path, digest, step in new
    )


def _at_hand(place: Workplace, entry: Entry) -> bool:
    """Whether every file that is to come lies in staging as it was approved; the steps after Apply read it there too."""
    return all(step.after in (None, durable.file_hash(place.folder / str(step.source))) for step in entry.steps)


def _reversed(step: Step) -> Step:
    """From what a step leaves to what it found."""
    return Step(step.path, step.after, step.before)


def steps_back(place: Workplace, swap: Entry, said_first: str = "") -> tuple[Step, ...]:
    """The steps that take a swap back, each with the backup that holds its text; writes nothing.

    Raises MigwizardError where a text is in neither backup; `said_first` comes before its sentence.
    """
    steps = sorted(map(_reversed, swap.steps), key=lambda step: (step.after is not None, step.path))
    return _sourced(place, swap.run_id, tuple(steps), said_first)


def backed_up(place: Workplace, run_id: str) -> dict[str | None, Path]:
    """Where each text lies that a backup holds, by its hash; the backup in the project comes before the second one."""
    backups = (place.second_backup / run_id, place.backup)
    patterns = ("*/*.py", f"*/{COMPANION}", *(f"*/{name}" for name in committed.NAMES))
    paths = (path for backup in backups for pattern in patterns for path in backup.glob(pattern) if path.is_file())
    return {durable.file_hash(path): path for path in paths}


def _sourced(place: Workplace, run_id: str, steps: tuple[Step, ...], said_first: str) -> tuple[Step, ...]:
    """The steps with the places of their texts; a file that is there already needs none."""
    kept = backed_up(place, run_id)
    there = {step.path for step in steps if step.after in (None, durable.file_hash(place.root / step.path))}
    lost = [step.path for step in steps if step.path not in there and step.after not in kept]
    if lost:
        raise no_backup(lost, place.second_backup / run_id, said_first)
    return tuple(step if step.path in there else replace(step, source=str(kept[step.after])) for step in steps)


def no_backup(lost: list[str], second: Path, said_first: str = "") -> MigwizardError:
    """What is said where old files can come back from nowhere."""
    more = f" (and of {count(len(lost) - 1, 'other file')})" if len(lost) > 1 else ""
    return MigwizardError(
        f"{said_first}The backup of {lost[0]}{more} is gone or was changed, here and in {second}. Nothing was changed.",
        code="no-backup",
        cures=("Take the old migration files from git.",),
        details={"files": lost},
    )
