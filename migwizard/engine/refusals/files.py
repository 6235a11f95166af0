"""What cures do to our own folder: set it aside, or take the last whole checkpoint. Nothing is ever thrown away."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from migwizard.engine import durable, journal
from migwizard.engine.checkpoint import PREVIOUS
from migwizard.engine.journal import Step
from migwizard.engine.lock import locked
from migwizard.engine.ride import reset_time
from migwizard.engine.states import State
from migwizard.errors import MigwizardError
from migwizard.paths import Workplace


def set_aside(place: Workplace) -> Path:
    """Give our folder another name beside it; it may be renamed back. Raises ConflictError where another run holds it.

    A swap that was cut off half way is taken back first: no start in a new folder would know of it.
    """
    with locked(place.lock):
        _settle(place)
        target = _free(place.folder.with_name(f"{place.folder.name}-aside-{_now()}"))
        place.folder.rename(target)
    return target


def _settle(place: Workplace) -> None:
    """Leave a tree that holds one history, the old one. Needs no checkpoint: the journal and the backup know enough."""
    entry = journal.unfinished(place.journal)
    # New files come first: where none of them is there, nothing was begun in this tree.
    if entry is None or not any(
        step.after and durable.file_hash(place.root / step.path) == step.after for step in entry.steps
    ):
        return
    if entry.kind == "apply":
        entry = replace(entry, kind="undo", steps=tuple(_reverse(place, step) for step in entry.steps))
    journal.check(place.root, entry.steps)
    journal.begin(place.journal, entry, reset_time())
    journal.carry_out(place.root, place.folder, entry.steps)
    journal.end(place.journal, entry)


def _reverse(place: Workplace, step: Step) -> Step:
    """From what a step leaves to what it found, which lies in the backup. Raises MigwizardError where it does not."""
    if step.before is None:
        return Step(step.path, step.after, None)
    for path in sorted(place.backup.glob(f"*/{Path(step.path).name}")):
        if durable.file_hash(path) == step.before:
            return Step(step.path, step.after, step.before, str(path.relative_to(place.folder)))
    raise MigwizardError(
        f"The tree is half swapped, and the backup of {step.path} is gone. Nothing was changed.",
        code="no-backup",
        cures=("Take the old migration files from git.",),
    )


def take_previous(place: Workplace) -> None:
    """Put the last checkpoint but one in the place of a broken one, which is kept under another name.

    What the tree and the databases hold may have changed since it was written: the journal knows.
    """
    with locked(place.lock):
        data = json.loads(place.checkpoint.with_name(PREVIOUS).read_bytes())
        _correct(data, place)
        broken = place.checkpoint.read_bytes()
        durable.write_file(_free(place.folder / f"checkpoint.broken-{_now()}.json"), broken)
        durable.write_file(place.checkpoint, (json.dumps(data, indent=1, sort_keys=True) + "\n").encode())


def _correct(data: dict[str, Any], place: Workplace) -> None:
    """Bring a checkpoint to what the journal says was done."""
    stands = journal.stands(place.journal)
    if stands is not None:
        data["applied"] = stands == "apply"
    if not data["applied"]:
        for state in (State.APPLY, State.FAKE, State.DONE):
            data["results"].pop(state, None)
    for alias, is_switched in journal.switched(place.journal).items():
        data["databases"][alias] = "NEW" if is_switched else "OLD_HEAD"


def sizes(place: Workplace) -> list[tuple[str, int]]:
    """What lies in our folder and in the second backup, with its bytes, the greatest first."""
    found = []
    for folder in (place.folder, place.second_backup):
        if not folder.is_dir():
            continue
        for path in folder.iterdir():
            files = [path] if path.is_file() else [inner for inner in path.rglob("*") if inner.is_file()]
            found.append((str(path), sum(inner.stat().st_size for inner in files)))
    return sorted(found, key=lambda item: (-item[1], item[0]))


def _now() -> str:
    return f"{datetime.now():%Y%m%d-%H%M%S}"


def _free(path: Path) -> Path:
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate
