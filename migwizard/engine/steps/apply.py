"""Apply: one journaled swap of the migration files, and a look at the tree afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from migwizard.engine import durable, git, journal, staging
from migwizard.engine.checkpoint import Checkpoint
from migwizard.engine.journal import Entry, Step
from migwizard.engine.manifests import NAME, load_manifest, make_manifest
from migwizard.engine.planning import make_plan
from migwizard.engine.ride import Ride
from migwizard.engine.runs import ALIAS, fresh, history_fingerprint
from migwizard.engine.states import State
from migwizard.engine.steps.proof import proved_catalogue
from migwizard.engine.talk import Choice, Question
from migwizard.errors import ConflictError, MigwizardError
from migwizard.proof.catalogue import compare_catalogues


def run(ride: Ride) -> dict[str, Any]:
    """Back up, swap, load the tree and migrate it from zero once.

    Raises ConflictError where staging is not what was proved, MigwizardError where the tree does not build what the
    proof built; then the swap is taken back.
    """
    removed = sum(app in ride.apps.labels for app, _, _ in ride.history()["disk"])
    if not ride.checkpoint.applied:
        _check_staging(ride)
        _ask(ride, removed)
        entry = prepare(ride)
        journal.check(ride.project.root, entry.steps)
        journal.begin(ride.workplace.journal, entry)
        finish(ride, entry)
    _check_tree(ride)
    return {
        "written": len(ride.checkpoint.files),
        "removed": removed,
        "diff_stat": git.diff_stat(ride.project.root),
    }


def _check_staging(ride: Ride) -> None:
    for name, digest in ride.checkpoint.files.items():
        if durable.file_hash(ride.workplace.staging / name) != digest:
            raise ConflictError(
                f"The staged file {name} is not the one that was proved. Nothing was swapped.",
                code="staging-changed",
                cures=("Run migwizard again: it proves anew.",),
            )
    if history_fingerprint(ride) != ride.checkpoint.results[State.PROOF]["history"]:
        raise ConflictError(
            "A migration file in the tree was changed since the proof. Nothing was swapped.",
            code="tree-changed",
            cures=("Run migwizard again: it computes anew what your change made stale.",),
        )


def _ask(ride: Ride, removed: int) -> None:
    ride.ask(
        Question(
            "apply",
            State.APPLY,
            "Swap the migration files",
            f"{len(ride.checkpoint.files)} new files come, {removed} old ones go. Two backups are kept, and "
            "`migwizard undo` puts every byte back.",
            (Choice("apply", "the files in the tree are exchanged"),),
            safe="apply",
        )
    )


def prepare(ride: Ride) -> Entry:
    """Write backups and the manifest, and make the list of steps; the tree is still untouched."""
    root, place = ride.project.root.resolve(), ride.workplace
    planned = make_plan(ride)
    nodes = [_node(name) for name in ride.checkpoint.files]
    keep = sorted({node for pinned in planned.pins.values() for node in pinned})
    manifest = make_manifest(ride, sorted(nodes), keep)
    for kept in (place.folder, place.second_backup / ride.checkpoint.run_id):
        durable.write_file(kept / NAME, manifest.to_json().encode())
    steps = []
    for label, folder in ride.checkpoint.folders.items():
        durable.copy_folder(root / folder, place.backup / label)
        durable.copy_folder(root / folder, place.second_backup / ride.checkpoint.run_id / label)
        for name in sorted(staging.migration_modules(ride.history(), label)):
            path = f"{folder}/{name}.py"
            steps.append(Step(path, durable.file_hash(root / path), None))
    for name, digest in sorted(ride.checkpoint.files.items()):
        label, _, file = name.partition("/")
        path = f"{ride.checkpoint.folders[label]}/{file}"
        steps.append(Step(path, durable.file_hash(root / path), digest, f"staging/{name}"))
    return Entry("apply", ride.checkpoint.run_id, tuple(steps))


def _node(name: str) -> tuple[str, str]:
    label, _, file = name.partition("/")
    return label, file.removesuffix(".py")


def finish(ride: Ride, entry: Entry) -> None:
    """Carry out a swap that was begun; may be repeated after a kill."""
    journal.carry_out(ride.project.root, ride.workplace.folder, entry.steps)
    ride.checkpoint.applied = True
    ride.save()
    journal.end(ride.workplace.journal, entry)


def steps_back(ride: Ride) -> tuple[Step, ...]:
    """From the new files in the tree to the old ones, which lie in the backup."""
    place, backup = ride.workplace, _backup(ride)
    steps = []
    for name, digest in sorted(ride.checkpoint.files.items()):
        label, _, file = name.partition("/")
        steps.append(Step(f"{ride.checkpoint.folders[label]}/{file}", digest, None))
    for app, name in load_manifest(ride).known:
        path = backup / app / f"{name}.py"
        if path.is_file():
            target = f"{ride.checkpoint.folders[app]}/{name}.py"
            steps.append(Step(target, None, durable.file_hash(path), str(path.relative_to(place.folder))))
    return tuple(steps)


def _backup(ride: Ride) -> Path:
    """The backup in the project, fetched from the second one where somebody emptied the folder."""
    place = ride.workplace
    for label in ride.checkpoint.folders:
        if (place.backup / label).is_dir():
            continue
        second = place.second_backup / ride.checkpoint.run_id / label
        if not second.is_dir():
            raise MigwizardError(
                f"The backup of {label} is gone, here and in {second}. Nothing was changed.",
                code="no-backup",
                cures=("Take the old migration files from git.",),
            )
        durable.copy_folder(second, place.backup / label)
    return place.backup


def take_back(ride: Ride) -> None:
    """Put the old files back, journaled. Raises ConflictError where a file was edited."""
    steps = steps_back(ride)
    journal.check(ride.project.root, steps)
    entry = Entry("undo", ride.checkpoint.run_id, steps)
    journal.begin(ride.workplace.journal, entry)
    journal.carry_out(ride.project.root, ride.workplace.folder, steps)
    ride.checkpoint.applied = False
    forget_results(ride.checkpoint)
    ride.save()
    journal.end(ride.workplace.journal, entry)


def forget_results(checkpoint: Checkpoint) -> None:
    """Nothing from Apply on counts any more, once the old files are back."""
    for state in (State.APPLY, State.FAKE, State.DONE):
        checkpoint.results.pop(state, None)


def _check_tree(ride: Ride) -> None:
    """Load the tree as it is now and migrate it from zero; what it builds must be what the proof saw."""
    try:
        # From here on the guest sees the new tree.
        ride.renew_guest()
        labels = list(ride.apps.labels)
        loaded = ride.guest.call("history", labels=labels)
        found = {(app, name) for app, name, _ in loaded["disk"] if app in labels}
        expected = {_node(name) for name in ride.checkpoint.files}
        if found != expected:
            stray = ", ".join(".".join(node) for node in sorted(found ^ expected))
            raise MigwizardError(f"The tree does not hold the proved files alone: {stray}.", code="tree")
        built = ride.guest.call("migrate", alias=ALIAS, path=str(fresh(ride, "tree")), labels=labels)
        proved = json.loads(proved_catalogue(ride).read_bytes())
        differences = compare_catalogues(proved, built["catalogue"], explicit_names=())
        wrong = [difference.sentence for difference in differences if difference.severity == "error"]
        if wrong:
            raise MigwizardError(f"The tree builds another database than the proof: {wrong[0]}", code="tree")
        if ride.guest.call("check_changes") != ride.checkpoint.results.get("drift", {}):
            raise MigwizardError("makemigrations --check says something else in the tree than before.", code="tree")
    except Exception as error:
        take_back(ride)
        sentence = error.sentence if isinstance(error, MigwizardError) else f"The tree could not be checked: {error!r}."
        raise MigwizardError(f"{sentence} The old files were put back.", code="tree") from error
