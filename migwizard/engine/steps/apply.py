"""Apply: one journaled swap of the migration files, and a look at the tree afterwards."""

from __future__ import annotations

from typing import Any

from migwizard.engine import durable, git, journal, staging
from migwizard.engine.journal import Entry, Step
from migwizard.engine.manifests import NAME, make_manifest
from migwizard.engine.planning import make_plan
from migwizard.engine.ride import Ride
from migwizard.engine.runs import ALIAS, fresh
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.errors import ConflictError, MigwizardError
from migwizard.proof.catalogue import compare_catalogues


def run(ride: Ride) -> dict[str, Any]:
    """Back up, swap, load the tree and migrate it from zero once.

    Raises ConflictError where staging is not what was proved, MigwizardError where the tree does not build what the
    proof built; then the swap is taken back.
    """
    _check_staging(ride)
    _ask(ride)
    entry = prepare(ride)
    journal.check(ride.project.root, entry.steps)
    journal.begin(ride.workplace.journal, entry)
    finish(ride, entry)
    _check_tree(ride, entry)
    return {
        "written": sum(step.after is not None for step in entry.steps),
        "removed": sum(step.after is None for step in entry.steps),
        "diff_stat": git.diff_stat(ride.project.root),
    }


def _check_staging(ride: Ride) -> None:
    for name, digest in ride.checkpoint.files.items():
        if durable.file_hash(ride.workplace.staging / name) != digest:
            raise ConflictError(
                f"The staged file {name} is not the one that was proved. Nothing was swapped.",
                code="staging-changed",
                cures=("Run migwizard again: it generates and proves anew.",),
            )


def _ask(ride: Ride) -> None:
    removed = sum(app in ride.apps.labels for app, _, _ in ride.history()["disk"])
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
    durable.write_file(place.folder / NAME, manifest.to_json().encode())
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


def take_back(ride: Ride, entry: Entry) -> None:
    """Undo the swap of `entry`, journaled as well."""
    journal.check(ride.project.root, entry.steps)
    steps = tuple(reverse_step(ride, step) for step in entry.steps)
    back = Entry("undo", entry.run_id, steps)
    journal.begin(ride.workplace.journal, back)
    journal.carry_out(ride.project.root, ride.workplace.folder, back.steps)
    ride.checkpoint.applied = False
    ride.save()
    journal.end(ride.workplace.journal, back)


def reverse_step(ride: Ride, step: Step) -> Step:
    """The step that takes this one back; the old content lies in the backup."""
    source = None
    if step.before is not None:
        label, folder = next(
            (label, folder) for label, folder in ride.checkpoint.folders.items() if step.path.startswith(folder + "/")
        )
        source = f"backup/{label}/{step.path.removeprefix(folder + '/')}"
    return Step(step.path, step.after, step.before, source)


def _check_tree(ride: Ride, entry: Entry) -> None:
    """Load the tree as it is now and migrate it from zero; what it builds must be what the proof saw."""
    try:
        with ride.another_guest() as guest:
            loaded = guest.call("history", labels=list(ride.apps.labels))
            found = {(app, name) for app, name, _ in loaded["disk"] if app in ride.apps.labels}
            expected = {_node(name) for name in ride.checkpoint.files}
            if found != expected:
                stray = ", ".join(".".join(node) for node in sorted(found ^ expected))
                raise MigwizardError(f"The tree does not hold the proved files alone: {stray}.", code="tree")
            built = guest.call("migrate", alias=ALIAS, path=str(fresh(ride, "tree")), labels=list(ride.apps.labels))
            said = guest.call("check_changes")
        proved = ride.facts.get("new_catalogue")
        differences = compare_catalogues(proved, built["catalogue"], explicit_names=()) if proved else ()
        if any(difference.severity == "error" for difference in differences):
            raise MigwizardError(
                f"The tree builds another database than the proof: {differences[0].sentence}", code="tree"
            )
        if said != ride.checkpoint.results.get("drift", {}):
            raise MigwizardError("makemigrations --check says something else in the tree than before.", code="tree")
    except MigwizardError as error:
        take_back(ride, entry)
        error.sentence += " The old files were put back."
        raise
    # From here on the guest must see the new tree.
    ride.renew_guest()
