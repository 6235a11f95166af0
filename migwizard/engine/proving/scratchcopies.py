"""Scratch copies of old migrations, which a person changes so that the old history passes on an empty database.

Only our own runs of the old history use them, from a folder that is made for each; the project's own file stays as it is.
Beside a copy lies the text that it was made from: it counts only as long as the project has that text.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.engine.staging import edits
from migwizard.engine.surviving import durable
from migwizard.paths import Workplace

FOLDER = "edits/old-history"
"""Below our folder, among the person's own texts, which outlive it. No app label holds a hyphen."""
ORIGINAL = ".original"


@dataclass(frozen=True, slots=True)
class ScratchCopy:
    """A copy, and the text that it was made from."""

    name: str
    """APP/NAME.py"""
    path: Path

    @property
    def label(self) -> str:
        return self.name.partition("/")[0]

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def original(self) -> bytes:
        return self.path.with_suffix(ORIGINAL).read_bytes()

    @property
    def problem(self) -> str:
        """What keeps it from being run: it is no migration, or still what it was made from."""
        return edits.problem(self.data) or ("it is still the original" if self.data == self.original else "")


def make(place: Workplace, name: str, source: Path) -> None:
    """Copy an old migration for a person to change; the original first, for a copy without it counts as none.

    A text that stands there without its original may be a person's: it is kept beside the copy.
    """
    path, data = _path(place, name), source.read_bytes()
    if durable.file_hash(path) not in (None, durable.sha256(data)):
        path.rename(_previous(path))
    durable.write_file(path.with_suffix(ORIGINAL), data)
    durable.write_file(path, data)


def find(place: Workplace, name: str) -> ScratchCopy | None:
    """The copy of a migration, if there is one."""
    path = _path(place, name)
    there = is_ours(place, name) and path.is_file() and path.with_suffix(ORIGINAL).is_file()
    return ScratchCopy(name, path) if there else None


def set_aside(copy: ScratchCopy) -> Path:
    """Let the original count again; returns where the person's text is kept."""
    kept = copy.path.rename(_previous(copy.path))
    copy.path.with_suffix(ORIGINAL).unlink()
    return kept


def _previous(path: Path) -> Path:
    """Where a person's text is set aside, never in place of an earlier one."""
    number = 1
    while (kept := path.with_name(f"{path.stem}.previous{f'-{number}' if number > 1 else ''}.py")).exists():
        number += 1
    return kept


def usable(ride: Ride) -> tuple[ScratchCopy, ...]:
    """The copies that stand for what the project has now."""
    return tuple(copy for copy in _all(ride.workplace) if _is_current(ride, copy) and not copy.problem)


def hash_that_runs(ride: Ride, name: str) -> str:
    """SHA-256 of the text that our runs of the old history take for the migration APP/NAME.py; empty without one."""
    for copy in usable(ride):
        if copy.name == name:
            return durable.sha256(copy.data)
    label, _, file = name.partition("/")
    return durable.file_hash(_old_folder(ride, label) / file) or "" if label in ride.apps.labels else ""


def notice(ride: Ride) -> None:
    """Set the copies aside whose original changed since: whether one is still wanted is for a person to say anew.

    Those of apps that take no part stay: such an app may be taken in again.
    """
    for copy in _all(ride.workplace):
        if copy.label in ride.apps.labels and not _is_current(ride, copy):
            kept = set_aside(copy).relative_to(ride.project.root)
            ride.tell("note", f"{copy.name} changed since you made a scratch copy of it; your copy is kept in {kept}.")


def failing(ride: Ride, operation: Mapping[str, Any] | None) -> dict[str, str]:
    """The file of ours in which the old history failed: what a scratch copy would be made of. Empty for other apps."""
    label = str(operation["app"]) if operation else ""
    if operation is None or label not in ride.apps.labels:
        return {}
    path = _old_folder(ride, label) / f"{operation['migration']}.py"
    return {"failing": f"{label}/{path.name}", "file": str(path)} if path.is_file() else {}


def folders(ride: Ride) -> dict[str, Path]:
    """For each app with copies: a folder with its old migrations, the copies in the place of their originals."""
    found: dict[str, Path] = {}
    for copy in usable(ride):
        target = ride.scratch / "old-history" / copy.label
        if copy.label not in found:
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(_old_folder(ride, copy.label), target, ignore=shutil.ignore_patterns("__pycache__"))
            found[copy.label] = target
        durable.write_file(target / copy.path.name, copy.data)
    return found


def _all(place: Workplace) -> Iterator[ScratchCopy]:
    for path in sorted((place.folder / FOLDER).glob("*/*.py")):
        # The name of a migration is that of a module; what was set aside has a dot more.
        copy = find(place, f"{path.parent.name}/{path.name}") if "." not in path.stem else None
        if copy is not None:
            yield copy


def _is_current(ride: Ride, copy: ScratchCopy) -> bool:
    if copy.label not in ride.apps.labels:
        return False
    return durable.file_hash(_old_folder(ride, copy.label) / copy.path.name) == durable.sha256(copy.original)


def _old_folder(ride: Ride, label: str) -> Path:
    return (ride.old_folders() or {}).get(label) or ride.apps.folders[label]


def is_ours(place: Workplace, name: str) -> bool:
    """Whether a name leads to a file below our folder, symbolic links followed; a copied folder may say anything."""
    pure, root = PurePosixPath(name), place.root.resolve()
    return len(pure.parts) == 2 and ".." not in pure.parts and _path(place, name).resolve().is_relative_to(root)


def _path(place: Workplace, name: str) -> Path:
    return place.folder / FOLDER / name
