"""What a journal may ask for: it lies in a folder that can be copied, and whatever it says would be done to the project.

A swap touches the migrations of the reset's apps and the files beside manage.py, and nothing goes that no backup holds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from migwizard.engine.surviving import durable
from migwizard.engine.surviving.checkpoint import PREVIOUS, RUN_ID, Checkpoint, load_checkpoint
from migwizard.engine.surviving.journal import Entry, Step
from migwizard.engine.swapping import committed, companions
from migwizard.engine.switching.manifests import find_manifest
from migwizard.errors import ConflictError
from migwizard.paths import Workplace
from migwizard.stored import printable
from migwizard.switch.manifest import Manifest


@dataclass(frozen=True, slots=True)
class _Own:
    """What tells of a reset which files are its own."""

    folders: dict[str, str]
    """Migrations folder of each label, relative to the project's root."""
    new: dict[str, str | None]
    """The hash of every file that the swap brings, by path relative to the project; None where nothing tells it."""


SOURCES = ("staging", "backup", companions.FOLDER, "committed")
"""Folders of ours that a file comes from."""


def check(place: Workplace, entry: Entry) -> None:
    """Raise ConflictError where a change is none that its reset can have begun; nothing is touched then."""
    found = _own(place, entry.run_id)
    if found is None:
        raise _refused(
            place,
            f"The journal {place.journal} tells of the reset {printable(entry.run_id)}, and its checkpoint and manifest are gone, "
            f"here and in {place.second_backup}: nothing tells which files are its own.",
        )
    new = found.new
    for step in entry.steps:
        if _comes_back(place, found, entry, step):
            continue
        come = step.after if entry.kind == "apply" else step.before
        if (
            not _is_named(found, step.path)
            or not _comes_from_us(step)
            or come not in (None, new.get(step.path) or come)
        ):
            raise _foreign(place, step)
        if come is not None and step.path not in new and not _goes_along(step.path):
            raise _foreign(place, step)
    if lacking := sorted({path for path in new if path.endswith(".py")} - {step.path for step in entry.steps}):
        raise _refused(place, f"The journal {place.journal} does not name {lacking[0]}, which is of this reset.")


def _comes_back(place: Workplace, found: _Own, entry: Entry, step: Step) -> bool:
    """Whether an undo only brings a module that lay there and was removed since, as a backup holds it."""
    pure, labels = PurePosixPath(step.path), {folder: label for label, folder in found.folders.items()}
    label = labels.get(str(pure.parent))
    if entry.kind != "undo" or step.before is not None or step.after is None or label is None:
        return False
    backups = (place.backup, place.second_backup / entry.run_id)
    return step.after in [durable.file_hash(backup / label / pure.name) for backup in backups]


def check_backed_up(place: Workplace, entry: Entry, kept: Collection[str | None]) -> None:
    """Raise ConflictError where a swap would remove or replace a text that no backup holds; `kept` are known hashes."""
    found = _own(place, entry.run_id)
    labels = {folder: label for label, folder in found.folders.items()} if found else {}
    for step in entry.steps:
        there = durable.file_hash(place.root / step.path)
        if there in (None, step.after) or there in kept:
            continue
        folder = next((folder for folder in labels if step.path.startswith(f"{folder}/")), "")
        copy = Path(labels.get(folder, ""), step.path[len(folder) + 1 :])
        backups = (place.backup, place.second_backup / entry.run_id)
        if not folder or there not in [durable.file_hash(backup / copy) for backup in backups]:
            raise _refused(
                place,
                f"The journal {place.journal} asks for {printable(step.path)} to be removed or replaced, which no backup holds.",
            )


def _checkpoint(place: Workplace, run_id: str) -> Checkpoint | None:
    """The checkpoint of a reset: first the copy beside the second backup, which was written before anything was begun."""
    if not RUN_ID.fullmatch(run_id):
        return None
    second = place.second_backup / run_id / place.checkpoint.name
    for path in (second, place.checkpoint, place.checkpoint.with_name(PREVIOUS)):
        try:
            found = load_checkpoint(path, place.root)
        except ConflictError:
            continue
        if found is not None and found.run_id == run_id:
            return found
    return None


def _own(place: Workplace, run_id: str) -> _Own | None:
    """By its checkpoint, else by its manifest and what lies in staging; None where nothing tells."""
    if (found := _checkpoint(place, run_id)) is not None:
        folders, files = found.folders, dict[str, str | None](found.files)
    elif RUN_ID.fullmatch(run_id) and (made := find_manifest(place, run_id)) is not None:
        folders, files = dict(made.folders), _staged(place, made)
    else:
        return None
    parted = ((name.partition("/"), digest) for name, digest in files.items())
    return _Own(folders, {f"{folders.get(label)}/{file}": digest for (label, _, file), digest in parted})


def _staged(place: Workplace, made: Manifest) -> dict[str, str | None]:
    """The new files by path relative to staging: all migrations of the manifest, with kept ones and data files that lie there."""
    files: dict[str, str | None] = {f"{app}/{name}.py": None for app, name in (*made.new_nodes, *made.drift)}
    known = {*files, *(f"{app}/{name}.py" for app, name in made.known)}
    for path in place.staging.glob("*/**/*"):
        name = path.relative_to(place.staging).as_posix()
        if path.is_file() and (name in known or path.suffix != ".py"):
            files[name] = durable.file_hash(path)
    return files


def _is_named(found: _Own, path: str) -> bool:
    """Whether a reset can name a file: a new one, a migration, or one that goes along."""
    pure = PurePosixPath(path)
    is_beside_migrations = str(pure.parent) in found.folders.values()
    is_ours = pure.suffix == ".py" or companions.is_companion(path)
    return committed.is_committed(path) or path in found.new or (is_beside_migrations and is_ours)


def _goes_along(path: str) -> bool:
    return committed.is_committed(path) or companions.is_companion(path)


def _comes_from_us(step: Step) -> bool:
    """Whether the text comes from where we put it; of an absolute place the journal's own check knows."""
    source = Path(step.source or SOURCES[0])
    return source.is_absolute() or source.parts[0] in SOURCES


def _foreign(place: Workplace, step: Step) -> ConflictError:
    return _refused(
        place, f"The journal {place.journal} names a place that is none of this reset: {printable(step.path)}."
    )


def _refused(place: Workplace, sentence: str) -> ConflictError:
    return ConflictError(
        f"{sentence} Nothing was changed.",
        code="journal-outside",
        cures=(
            "Compare the migration folders with the backup in .migwizard/backup before anything else.",
            f"To start anew, move the folder {place.folder.name} away.",
        ),
    )
