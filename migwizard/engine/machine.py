"""The state machine: one table of states, each with what it is computed from and what it does.

A run walks the table. A state whose fingerprint still fits is kept as it is; the first one that does not, and all after
it, are computed again. After Apply the tree holds the new history and nothing before it is computed any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from migwizard.engine import durable, journal, runs
from migwizard.engine.checkpoint import Checkpoint, check_owner, load_checkpoint
from migwizard.engine.lock import locked
from migwizard.engine.ride import Options, Ride, fingerprint, reset_time
from migwizard.engine.states import ORDER, State, before
from migwizard.engine.steps import apply, done, fake, generate, graph, levels, preflight, proof, seeds
from migwizard.engine.talk import Face
from migwizard.engine.undo import built_on
from migwizard.errors import ConflictError
from migwizard.paths import Workplace
from migwizard.project.discovery import Project
from migwizard.project.guest import Guest


@dataclass(frozen=True, slots=True)
class Row:
    """One state: what runs, and from what its result is computed."""

    state: State
    run: Callable[[Ride], dict[str, Any]]
    inputs: Callable[[Ride], Any] | None = None
    """None: runs every time."""


def _models(ride: Ride) -> Any:
    """The models, wherever the project lies and however many migrations it has."""
    registry = ride.registry()
    registry["apps"] = [(app["label"], app["name"], app["migrations_module"]) for app in registry["apps"]]
    return registry, ride.guest.facts["django"], ride.guest.facts["python"], ride.apps.labels


def _operations(ride: Ride) -> Any:
    return _models(ride), ride.operations(), ride.history()["external"], ride.checkpoint.results.get("drift")


def _history(ride: Ride) -> Any:
    return _operations(ride), runs.history_fingerprint(ride)


def _decided(ride: Ride) -> Any:
    return _history(ride), runs.sources_fingerprint(ride), _decisions(ride, "keep:", "object:", "drift")


def _decisions(ride: Ride, *kinds: str) -> dict[str, str]:
    """The decisions whose question begins with one of `kinds`, those of the answers file first."""
    decisions = {key: answer.choice for key, answer in ride.checkpoint.decisions.items()}
    decisions |= dict(ride.options.answers)
    return {key: value for key, value in decisions.items() if key.startswith(kinds)}


def _staged(ride: Ride) -> Any:
    """The staged files as they are on the disk, so that an edit makes the proof stale."""
    found = {name: durable.file_hash(ride.workplace.staging / name) for name in ride.checkpoint.files}
    return _history(ride), found, runs.sources_fingerprint(ride), _decisions(ride, "difference:")


TABLE = (
    Row(State.PREFLIGHT, preflight.run),
    Row(State.GRAPH, graph.run, _models),
    Row(State.LEVELS, levels.run, _operations),
    Row(State.GENERATE, generate.run, _history),
    Row(State.SEEDS, seeds.run, _decided),
    Row(State.PROOF, proof.run, _staged),
    Row(State.APPLY, apply.run),
    Row(State.FAKE, fake.run),
    Row(State.DONE, done.run),
)


@contextmanager
def open_ride(project: Project, face: Face, options: Options) -> Iterator[Ride]:
    """Lock the project, load it, and read or begin its checkpoint. Raises ConflictError, GuestError.

    Where a kill left a swap half done it is finished first. A fresh folder of ours is removed again when the project
    cannot be loaded, so that a refusal leaves nothing behind.
    """
    workplace = Workplace(project.root)
    existed = workplace.folder.exists()
    workplace.create()
    # Within the lock, since another run may be about to write the checkpoint, or may have made the folder just now.
    with locked(workplace.lock):
        try:
            found = load_checkpoint(workplace.checkpoint, project.root)
            checkpoint = found or _begin(project)
            entry = journal.unfinished(workplace.journal)
            if entry is not None:
                _finish(project, workplace, checkpoint, entry)
            with closing(Guest(project, log=workplace.log)) as guest:
                guest.start()
                ride = Ride(project, workplace, guest, face, options, checkpoint)
                _own(ride, found is not None)
                yield ride
        finally:
            if not existed and _is_untouched(workplace, project):
                _remove_folder(workplace)


@contextmanager
def look_ride(project: Project, face: Face, options: Options, checkpoint: Checkpoint | None) -> Iterator[Ride]:
    """A ride that only looks: no lock, no folder, no checkpoint is written."""
    with Guest(project) as guest:
        ride = Ride(
            project, Workplace(project.root), guest, face, options, checkpoint or _begin(project), read_only=True
        )
        _own(ride, checkpoint is not None)
        yield ride


def stale(ride: Ride) -> list[str]:
    """The finished states whose result no longer fits the models, the migrations or the staged files."""
    if ride.checkpoint.applied:
        return []
    return [
        row.state.value
        for row in TABLE
        if row.inputs is not None
        and row.state in ride.checkpoint.fingerprints
        and ride.checkpoint.fingerprints[row.state] != fingerprint(row.inputs(ride))
    ]


def _begin(project: Project) -> Checkpoint:
    timestamp = reset_time()
    backups, number = Workplace(project.root).second_backup, 0
    while True:
        # An earlier reset at the same (given) time keeps its backup.
        run_id = fingerprint(timestamp, project.root.name, project.settings, number)[:12]
        if not (backups / run_id).exists():
            break
        number += 1
    return Checkpoint(run_id=run_id, timestamp=timestamp, project={"name": project.root.name}, tag=project.config.tag)


def _own(ride: Ride, resumed: bool) -> None:
    """Refuse the checkpoint of another project; note whose a new one is."""
    project = {
        "name": ride.project.root.name,
        "settings": ride.guest.facts["settings"],
        "labels": sorted({*ride.apps.labels, *ride.apps.excluded, *ride.apps.unmigrated}),
    }
    if resumed:
        check_owner(ride.checkpoint, project, ride.workplace.checkpoint)
    if ride.read_only:
        return
    if resumed:
        ride.tell("resume", f"Going on at {ride.checkpoint.state.value}", state=ride.checkpoint.state.value)
    ride.checkpoint.project = project


def _finish(project: Project, workplace: Workplace, checkpoint: Checkpoint, entry: journal.Entry) -> None:
    """Finish a swap, or the undo of one, that a kill interrupted; needs no guest."""
    journal.check(project.root, entry.steps)
    journal.carry_out(project.root, workplace.folder, entry.steps)
    checkpoint.applied = entry.kind == "apply"
    if not checkpoint.applied:
        apply.forget_results(checkpoint)
    checkpoint.save(workplace.checkpoint)
    journal.end(workplace.journal, entry)


def _is_untouched(workplace: Workplace, project: Project) -> bool:
    """Whether nothing came of a new reset: refused in preflight, or before."""
    found = load_checkpoint(workplace.checkpoint, project.root)
    return found is None or (found.state is State.PREFLIGHT and not found.results.get(State.PREFLIGHT))


def _remove_folder(workplace: Workplace) -> None:
    import shutil

    shutil.rmtree(workplace.folder, ignore_errors=True)


def run(ride: Ride) -> dict[str, Any]:
    """Walk the table up to the state that `--until` names; returns the report.

    The checkpoint is written before each state and after it, so that a kill costs at most one state.
    """
    runs.sweep(ride)
    _refuse_finished(ride)
    edited = _edited(ride)
    for row in TABLE:
        if ride.checkpoint.applied and before(row.state, State.APPLY):
            if row.state is ride.options.until:
                break
            continue
        ride.checkpoint.state = row.state
        key = fingerprint(row.inputs(ride)) if row.inputs else None
        if key is not None and ride.checkpoint.fingerprints.get(row.state) == key and _intact(ride, row.state):
            ride.tell("kept", f"{row.state.value}: nothing changed", of=row.state.value)
        elif row.state is State.APPLY and ride.checkpoint.applied and State.APPLY in ride.checkpoint.results:
            ride.tell("kept", "apply: done", of="apply")
        else:
            if edited and row.state in (State.GENERATE, State.SEEDS):
                ride.tell("warning", f"Staging is written anew; your edits there are lost: {', '.join(edited)}.")
                edited = []
            _enter(ride, row)
        if ride.checkpoint.results.get(State.PREFLIGHT, {}).get("nothing"):
            ride.tell("note", "Nothing to reset: no app of this project has migrations.")
            return done.report(ride) | {"nothing": True}
        if row.state is ride.options.until:
            break
    # What was kept beyond the state that was asked for still counts.
    ride.checkpoint.state = _following([state for state in ORDER if state in ride.checkpoint.results][-1])
    ride.save()
    runs.sweep(ride)
    return done.report(ride)


def _intact(ride: Ride, state: State) -> bool:
    """Whether what the state wrote is still there."""
    if state is State.GENERATE:
        return (ride.workplace.work / "levels.json").is_file() and ride.workplace.staging.is_dir()
    if state is State.PROOF:
        return ride.workplace.certificate.is_file()
    if state is State.SEEDS:
        return all((ride.workplace.staging / name).is_file() for name in ride.checkpoint.files)
    return True


def _refuse_finished(ride: Ride) -> None:
    """Migrations on top of a finished reset are for a reset of their own. Raises ConflictError."""
    if not ride.checkpoint.applied or State.DONE not in ride.checkpoint.results:
        return
    added = built_on(ride)
    if added:
        raise ConflictError(
            f"The reset {ride.checkpoint.run_id} is finished, and {', '.join(added[:4])} came after it. Nothing was changed.",
            code="finished",
            cures=(
                f"To reset anew, move the folder {ride.workplace.folder.name} away: this reset cannot be undone any more. "
                "Its backup stays in " + str(ride.workplace.second_backup / ride.checkpoint.run_id) + ".",
            ),
        )


def _edited(ride: Ride) -> list[str]:
    """The staged files that a person changed since they were written or proved."""
    if ride.checkpoint.applied or State.SEEDS not in ride.checkpoint.fingerprints:
        return []
    found = {name: durable.file_hash(ride.workplace.staging / name) for name in ride.checkpoint.files}
    return [name for name, digest in ride.checkpoint.files.items() if found[name] not in (None, digest)]


def _enter(ride: Ride, row: Row) -> None:
    checkpoint = ride.checkpoint
    if row.state is not State.PREFLIGHT:
        # Preflight only looks: what was computed before it stays valid, unless its own inputs say otherwise.
        for later in ORDER[ORDER.index(row.state) :]:
            checkpoint.fingerprints.pop(later, None)
            checkpoint.results.pop(later, None)
        ride.save()
    ride.tell("begin", row.state.value)
    result = row.run(ride)
    checkpoint.results[row.state] = result
    if row.inputs is not None:
        checkpoint.fingerprints[row.state] = fingerprint(row.inputs(ride))
    ride.tell("end", row.state.value, result=result)
    checkpoint.state = _following(row.state)
    if not result.get("nothing"):
        ride.save()


def _following(state: State) -> State:
    return ORDER[min(ORDER.index(state) + 1, len(ORDER) - 1)]
