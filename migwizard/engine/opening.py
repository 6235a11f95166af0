"""Opening a ride: lock and load the project, read or begin its checkpoint, finish what a kill interrupted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager

from migwizard.engine import journal
from migwizard.engine.checkpoint import Checkpoint, check_owner, load_checkpoint
from migwizard.engine.lock import locked
from migwizard.engine.options import Options
from migwizard.engine.ride import Ride, fingerprint, reset_time
from migwizard.engine.states import State
from migwizard.engine.steps import apply
from migwizard.engine.talk import Face
from migwizard.paths import Workplace
from migwizard.project.discovery import Project
from migwizard.project.guest import Guest


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
                ride = Ride(project, workplace, guest, face, options, checkpoint, resumed=found is not None)
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
    shutil.rmtree(workplace.folder, ignore_errors=True)
