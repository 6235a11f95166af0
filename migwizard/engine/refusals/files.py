"""What cures do to our own folder: set it aside, or take the last whole checkpoint. Nothing is ever thrown away."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from migwizard.engine.surviving import durable, halfway, journal
from migwizard.engine.surviving.checkpoint import PREVIOUS
from migwizard.engine.surviving.lock import locked
from migwizard.paths import Workplace

ASIDE = "Set aside and start new"
ASIDE_DOES = "renames .migwizard to .migwizard-aside-..., keeps every file in it, and begins a new reset"


def set_aside(place: Workplace) -> Path:
    """Give our folder another name beside it; it may be renamed back. Raises ConflictError where another run holds it.

    A swap that was cut off half way is taken back first: no start in a new folder would know of it.
    """
    with locked(place.lock):
        entry = journal.unfinished(place.journal)
        if entry is not None and halfway.is_half(place, entry):
            journal.end(place.journal, halfway.settle(place, entry, back=True))
        target = _free(place.folder.with_name(f"{place.folder.name}-aside-{_now()}"))
        place.folder.rename(target)
    return target


def take_previous(place: Workplace) -> None:
    """Put the last checkpoint but one in the place of a broken one, which is kept under another name.

    What the tree and the databases hold may have changed since it was written: whoever loads it asks the journal.
    """
    with locked(place.lock):
        previous, broken = place.checkpoint.with_name(PREVIOUS).read_bytes(), place.checkpoint.read_bytes()
        durable.write_file(_free(place.folder / f"checkpoint.broken-{_now()}.json"), broken)
        durable.write_file(place.checkpoint, previous)


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
