"""The swap of the migration files before it is made, and what of it stands: its steps, and two backups that were read back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from migwizard.engine.planning import keeping
from migwizard.engine.ride import Ride
from migwizard.engine.staging import packages
from migwizard.engine.staging.drift import migration_files
from migwizard.engine.surviving import believable, durable, halfway, journal
from migwizard.engine.surviving.journal import Entry, Step
from migwizard.engine.swapping import committed, companions
from migwizard.engine.switching.manifests import NAME, load_manifest, staged_manifest
from migwizard.errors import ConflictError, MigwizardError
from migwizard.plan.operations import Node
from migwizard.switch.manifest import Manifest
from migwizard.words.counting import count


@dataclass(frozen=True, slots=True)
class Swap:
    """A swap that was prepared: both backups lie there, the tree is untouched."""

    entry: Entry
    kept: int
    """Files in each backup, all read back."""


def prepare(ride: Ride) -> Swap:
    """Write backups and the manifest, read the backups back, and make the list of steps.

    Raises ConflictError where the tree holds the new files already: a backup of them would replace the old ones.
    """
    place = ride.workplace
    journals = (place.journal, ride.second / place.journal.name)
    if "apply" in map(journal.stands, journals):
        raise ConflictError(
            "The journal says that the files were swapped already, and the checkpoint knows nothing of it. No backup was "
            "touched. Nothing was changed.",
            code="checkpoint-corrupt",
            cures=(f"Set {place.folder.name} aside: the old files stay in its backup, and in {place.second_backup}.",),
        )
    manifest = staged_manifest(ride)
    for kept in (place.folder, ride.second):
        durable.write_file(kept / NAME, manifest.to_json().encode())
    for number, (label, folder) in enumerate(ride.checkpoint.folders.items(), 1):
        ride.tell("progress", f"backup of {label}", number=number, total=len(ride.checkpoint.folders))
        for backup in (place.backup, ride.second):
            durable.copy_folder(_root(ride) / folder, backup / label)
    committed.back_up(ride)
    check_backups(ride, "does not read back as it was written")
    return Swap(Entry("apply", ride.checkpoint.run_id, _steps(ride, manifest)), sum(1 for _ in files(place.backup)))


def _steps(ride: Ride, manifest: Manifest) -> tuple[Step, ...]:
    root, steps = _root(ride), []
    for label, folder in ride.checkpoint.folders.items():
        for name in sorted(packages.migration_modules(ride.history(), label)):
            path = f"{folder}/{name}.py"
            steps.append(Step(path, durable.file_hash(root / path), None))
    for name, digest in sorted(ride.checkpoint.files.items()):
        label, _, file = name.partition("/")
        path = f"{ride.checkpoint.folders[label]}/{file}"
        steps.append(Step(path, durable.file_hash(root / path), digest, f"staging/{name}"))
    return (*steps, *companions.steps(ride), *committed.steps(ride, manifest))


def migrations_of(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that concern migrations, without the files that go along with them."""
    along = (companions.is_companion, committed.is_committed)
    return tuple(step for step in steps if not any(goes(step.path) for goes in along))


def built_on(ride: Ride) -> list[Node]:
    """The migrations of our apps in the tree that this reset neither wrote nor removed.

    None where a commit took it back, say: what is there then comes after the old history, and undo takes nothing from it.
    """
    if not new_in_tree(ride) and not missing_in_tree(ride):
        return []
    labels = ride.checkpoint.folders
    disk = ride.guest.call("history", labels=list(labels))["disk"]
    return [
        (app, name)
        for app, name, _ in disk
        if app in labels and f"{app}/{name}.py" not in ride.checkpoint.files and not _is_old(ride, app, f"{name}.py")
    ]


def new_in_tree(ride: Ride) -> list[str]:
    """The files of the new history that stand in the tree, and did not stand there before; relative to the project."""
    found = []
    for name, digest in sorted(ride.checkpoint.files.items()):
        label, _, file = name.partition("/")
        path = f"{ride.checkpoint.folders.get(label)}/{file}"
        if durable.file_hash(_root(ride) / path) == digest and not _is_old(ride, label, file):
            found.append(path)
    return found


def missing_in_tree(ride: Ride) -> list[str]:
    """The modules that a backup holds and the tree lacks, relative to the project; other files we never remove."""
    return sorted(
        {
            f"{folder}/{path.name}"
            for label, folder in ride.checkpoint.folders.items()
            for backup in (ride.workplace.backup, ride.second)
            for path in (backup / label).glob("*.py")
            if not (_root(ride) / folder / path.name).is_file()
        }
    )


def lost_since(ride: Ride, swapped: Collection[str]) -> list[tuple[str, str]]:
    """The modules that no step of the swap concerns and the tree lacks although a backup holds them, each with its hash there."""
    labels, found = {folder: label for label, folder in ride.checkpoint.folders.items()}, list[tuple[str, str]]()
    for path in missing_in_tree(ride):
        folder, _, name = path.rpartition("/")
        if path not in swapped:
            copies = (backup / labels[folder] / name for backup in (ride.workplace.backup, ride.second))
            found.append((path, next(filter(None, map(durable.file_hash, copies)))))
    return found


def unlike_swapped(ride: Ride) -> list[str]:
    """Migrations that are there although the swap removed them, or are not although it brought them."""
    folders = ride.checkpoint.folders
    pairs = (name.split("/", 1) for name in sorted(migration_files(ride.checkpoint.files)))
    come = [f"{folders[label]}/{file}" for label, file in pairs]
    gone = {f"{folders[app]}/{name}.py" for app, name in load_manifest(ride).known if app in folders} - {*come}
    there = [path for path in sorted(gone) if (_root(ride) / path).is_file()]
    return there + [path for path in come if not (_root(ride) / path).is_file()]


def check_new_in_tree(ride: Ride) -> None:
    """Raise ConflictError where the tree does not hold the new history alone: somebody checked out another branch, say.

    A database that is switched then would record what is not there, and the next migrate would run old files on it.
    """
    wrong = unlike_swapped(ride)
    if wrong:
        there = (_root(ride) / wrong[0]).is_file()
        more = f", and {count(len(wrong) - 1, 'other file')} likewise" if len(wrong) > 1 else ""
        raise ConflictError(
            f"{wrong[0]} {'is there again' if there else 'is not there any more'}{more}: your files are not those that were "
            "swapped in. No row was changed.",
            code="not-applied",
            cures=(
                "If another branch is checked out, go back to the one with the new files, and start again.",
                "Or take the reset back: migwizard undo.",
            ),
            details={"files": wrong},
        )


def _is_old(ride: Ride, label: str, file: str) -> bool:
    """Whether a file of a migrations folder is as a backup holds it."""
    found = durable.file_hash(_root(ride) / ride.checkpoint.folders[label] / file)
    copies = (durable.file_hash(backup / label / file) for backup in (ride.workplace.backup, ride.second))
    return found is not None and found in copies


def check_backups(ride: Ride, what: str = "is not whole any more") -> None:
    """Raise MigwizardError where one of the backups is not the migrations folders byte for byte; `what` says it of it."""
    for backup in (ride.workplace.backup, ride.second):
        unlike = _unlike(ride, backup)
        if unlike:
            more = f" and {count(len(unlike) - 1, 'more file')}" if len(unlike) > 1 else ""
            raise MigwizardError(
                f"The backup of {unlike[0]}{more} in {_in_words(ride, backup)} {what}. Nothing was swapped.",
                code="backup",
                cures=("Try again: both backups are written anew. If that does not help, look at the disk.",),
                details={"files": unlike},
            )


def _unlike(ride: Ride, backup: Path) -> list[str]:
    """Files of the migrations folders that a backup does not hold byte for byte, relative to the project."""
    found = []
    for label, folder in ride.checkpoint.folders.items():
        there, copy = _hashes(_root(ride) / folder), _hashes(backup / label)
        names = sorted({*there, *copy})
        found += [f"{folder}/{name}" for name in names if there.get(name) != copy.get(name)]
    return found + committed.unlike(ride, backup)


def _in_words(ride: Ride, backup: Path) -> str:
    inside = backup.is_relative_to(ride.workplace.root)
    return str(backup.relative_to(ride.workplace.root) if inside else backup)


def _hashes(folder: Path) -> dict[str, str | None]:
    return {str(path.relative_to(folder)): durable.file_hash(path) for path in files(folder)}


def files(folder: Path) -> Iterator[Path]:
    """All files of a folder, as the backup takes them."""
    return (path for path in durable.content(folder) if path.is_file())


def _root(ride: Ride) -> Path:
    return ride.project.root.resolve()


def made_steps(ride: Ride) -> tuple[Step, ...]:
    """The steps of a swap that was made: as a journal has them, or else from what the swap left.

    Raises MigwizardError where no journal has them, and the backups do not tell what an old file was; ConflictError where
    a journal has steps that no reset makes.
    """
    for path in (ride.workplace.journal, ride.second / ride.workplace.journal.name):
        swap = journal.swap_of(path, ride.checkpoint.run_id)
        if swap is not None:
            believable.check(ride.workplace, swap)
            return swap.steps
    return _steps_by_manifest(ride)


def _steps_by_manifest(ride: Ride) -> tuple[Step, ...]:
    """Old files have no hash there: it is that of the backups, which must not differ."""
    manifest, backups = load_manifest(ride), (ride.workplace.backup, ride.second)
    steps, lost = [], []
    for app, name in manifest.known:
        path = f"{ride.checkpoint.folders[app]}/{name}.py"
        hashes = {durable.file_hash(backup / app / f"{name}.py") for backup in backups} - {None}
        if len(hashes) == 1:
            steps.append(Step(path, hashes.pop(), None))
        elif hashes or (app, name) in manifest.old_nodes:
            lost.append(path)
    if lost:
        raise halfway.no_backup(lost, ride.second)
    for name, digest in sorted(ride.checkpoint.files.items()):
        label, _, file = name.partition("/")
        path = f"{ride.checkpoint.folders[label]}/{file}"
        before = next(filter(None, (durable.file_hash(backup / name) for backup in backups)), None)
        steps.append(Step(path, before, digest, f"staging/{name}"))
    return (*steps, *companions.made_steps(ride), *committed.made_steps(ride))


def kept_paths(ride: Ride) -> set[str]:
    """The migrations that stay in the tree, relative to the project: only what they depend on is changed."""
    folders = ride.checkpoint.folders
    return {f"{folders[app]}/{name}.py" for app, name in keeping.kept(ride).files if app in folders}
