"""Opening a ride: lock and load the project, read or begin its checkpoint, finish what a kill interrupted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from migwizard.engine.later.branching import pointing
from migwizard.engine.options import Options
from migwizard.engine.proving import scratch
from migwizard.engine.ride import Ride, fingerprint, reset_time
from migwizard.engine.states import State
from migwizard.engine.surviving import durable, halfway, journal, recovery
from migwizard.engine.surviving.checkpoint import Checkpoint, check_owner, load_checkpoint
from migwizard.engine.surviving.lock import locked
from migwizard.engine.swapping import checkout
from migwizard.engine.talk import Event, Face
from migwizard.errors import ConflictError, LeftError
from migwizard.paths import Workplace
from migwizard.project.apps import ProjectApps
from migwizard.project.discovery import Project
from migwizard.project.guest import Guest


@contextmanager
def open_ride(
    project: Project,
    face: Face,
    options: Options,
    *,
    undo: bool = False,
    fetch: str = "",
    load: bool = True,
    meanwhile: Callable[[], object] | None = None,
) -> Iterator[Ride]:
    """Lock the project, load it, and read or begin its checkpoint. Raises ConflictError, GuestError.

    Where a kill left a swap half done it is settled first; for an `undo` that means taken back. `fetch` is the run id of
    an earlier reset that is to be fetched from the second backup. Without `load` the project is not loaded: of its apps the ride
    knows what the checkpoint does. `meanwhile` is done while the project loads. A fresh folder of ours is removed again when the
    project cannot be loaded, or when nothing came of what was fetched, so that a refusal leaves nothing behind.
    """
    workplace = Workplace(project.root)
    existed, fetched = workplace.folder.exists(), ""
    workplace.create()
    # Within the lock, since another run may be about to write the checkpoint, or may have made the folder just now.
    with locked(workplace.lock) as is_held:
        try:
            durable.sweep(workplace.folder)
            if fetch and not workplace.checkpoint.is_file():
                recovery.fetch(workplace, fetch)
                fetched = _acts(workplace)
            found = load_checkpoint(workplace.checkpoint, project.root)
            if found is None:
                _name_earlier(workplace, face)
            checkpoint = found or _begin(project)
            lost = "its checkpoint is gone" if found is None else ""
            durable.sweep(workplace.second_backup / checkpoint.run_id)
            settled = _settle(workplace, checkpoint, face, undo=undo, lost=lost)
            with closing(Guest(project, log=workplace.log)) as guest:
                ride = Ride(project, workplace, guest, face, options, checkpoint, resumed=found is not None)
                ride.is_held = is_held
                if settled is not None:
                    ride.put_back = len(settled.steps) if settled.kind == "undo" else 0
                    ride.keep()
                if load:
                    guest.start(meanwhile)
                    _own(ride, undo=undo)
                    checkout.check(ride)
                else:
                    ride.facts["apps"] = _apps_of(ride)
                with _riding(ride):
                    yield ride
        finally:
            if not existed and (_is_untouched(workplace, project) or fetched == _acts(workplace)):
                _remove_folder(workplace)


@contextmanager
def look_ride(project: Project, face: Face, options: Options, checkpoint: Checkpoint | None) -> Iterator[Ride]:
    """A ride that only looks: no lock, no folder, no checkpoint is written."""
    with Guest(project) as guest:
        place, resumed = Workplace(project.root), checkpoint is not None
        ride = Ride(
            project, place, guest, face, options, checkpoint or _begin(project), resumed=resumed, read_only=True
        )
        _own(ride)
        checkout.check(ride)
        with _riding(ride):
            yield ride


@contextmanager
def _riding(ride: Ride) -> Iterator[None]:
    """Let a failure on the way name what leads on, and let no server of ours outlive the ride."""
    try:
        yield
    except LeftError:
        raise
    except Exception as error:
        pointing.point(error, ride.project.root)
        gone = ride.gone()
        if gone is not None and getattr(error, "code", "") != gone.code:
            # Whatever failed, it is of no use without the folder.
            raise gone from error
        raise
    finally:
        scratch.close(ride)


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


def _apps_of(ride: Ride) -> ProjectApps:
    """The apps as the checkpoint knows them, where the project is not loaded."""
    folders = {label: ride.project.root / folder for label, folder in ride.checkpoint.folders.items()}
    return ProjectApps(tuple(folders), folders, (), ())


def _own(ride: Ride, *, undo: bool = False) -> None:
    """Refuse the checkpoint of another project; note whose a new one is."""
    project = {
        "name": ride.project.root.name,
        "settings": ride.guest.facts["settings"],
        "labels": sorted({*ride.apps.labels, *ride.apps.excluded, *ride.apps.unmigrated}),
    }
    if ride.resumed:
        check_owner(ride.checkpoint, project, ride.workplace.checkpoint)
    if ride.read_only:
        return
    if ride.resumed:
        state = ride.checkpoint.state.value
        what = f"Undo: looking at the reset, which stands at {state}" if undo else f"Going on at {state}"
        ride.tell("resume", what, state=state)
    ride.checkpoint.project = project


def _name_earlier(workplace: Workplace, face: Face) -> None:
    """Say where the backup of an earlier reset lies. Raises ConflictError where that one left the tree half swapped."""
    found = recovery.earlier(workplace)
    for one in found:
        if one.half:
            raise ConflictError(
                f"The files are half swapped: the reset {one.named} was cut off, and its checkpoint in "
                f"{workplace.folder.name} is gone. The old files lie in {one.folder}. Nothing was changed.",
                code="half-swapped",
                cures=(f"Take it back: migwizard undo --run {one.run_id}",),
                details={"run_id": one.run_id},
            )
    for one in found[:1]:
        how = f"To take that one back instead: migwizard undo --run {one.run_id}"
        text = f"The backup of an earlier reset, {one.named}, lies in {one.folder}. {how}"
        face.tell(Event("note", State.PREFLIGHT, text))


def _settle(workplace: Workplace, checkpoint: Checkpoint, face: Face, *, undo: bool, lost: str) -> journal.Entry | None:
    """Finish or take back what a kill interrupted, and return what was done; needs no guest.

    `lost` says what an end would need, and is gone: without the checkpoint of a swap nothing could go on after it.
    """
    begun = journal.unfinished(workplace.journal)
    if begun is None:
        return None
    settled = halfway.settle(workplace, begun, back=undo or bool(lost))
    checkpoint.applied = settled.kind == "apply"
    if not checkpoint.applied:
        checkpoint.forget_from(State.APPLY)
    checkpoint.save(workplace.checkpoint)
    journal.end(workplace.journal, settled)
    if begun.kind != settled.kind:
        why = "" if undo else f", since {lost or 'staging does not hold its files any more'}"
        text = f"The swap that was cut off was taken back{why}: the old files are in the project, and nothing is lost."
        face.tell(Event("note", checkpoint.state, text))
    return settled


def _is_untouched(workplace: Workplace, project: Project) -> bool:
    """Whether nothing came of a new reset: refused in preflight, or before."""
    found = load_checkpoint(workplace.checkpoint, project.root)
    return found is None or (found.state is State.PREFLIGHT and not found.results.get(State.PREFLIGHT))


def _acts(workplace: Workplace) -> str:
    """The journal as it is now: nothing is done to the tree or a database without a line in it."""
    return durable.file_hash(workplace.journal) or "none"


def _remove_folder(workplace: Workplace) -> None:
    shutil.rmtree(workplace.folder, ignore_errors=True)
