"""Undo: every byte of the tree and every row of the databases, from every state; refused where others built on it."""

from __future__ import annotations

import shutil
from typing import Any

from migwizard.engine import durable, journal
from migwizard.engine.journal import Step
from migwizard.engine.manifests import NAME, load_manifest
from migwizard.engine.ride import Ride
from migwizard.engine.steps.apply import steps_back, take_back
from migwizard.engine.steps.fake import read_state, touched
from migwizard.engine.talk import Choice, Question
from migwizard.errors import ConflictError, DatabaseError
from migwizard.paths import Workplace
from migwizard.project.guest import GuestError


def run(ride: Ride) -> dict[str, Any]:
    """Take back what this reset did, databases first.

    Raises ConflictError or DatabaseError, with nothing touched, where it cannot.
    """
    checkpoint = ride.checkpoint
    steps = steps_back(ride) if checkpoint.applied else ()
    _check_files(ride, steps)
    switched = _switched(ride) if checkpoint.applied else []
    ride.ask(
        Question(
            f"undo:{checkpoint.run_id}",
            checkpoint.state,
            "Undo this reset",
            f"{len(steps)} files and the rows of {len(switched)} database(s) go back to what they were.",
            (Choice("undo", "everything goes back"),),
            safe="undo",
        )
    )
    for dry_run in (True, False):
        # All are tried before the first is touched.
        for alias in switched:
            _undo_database(ride, alias, dry_run)
    if checkpoint.applied:
        take_back(ride)
    report = {"type": "result", "undone": checkpoint.run_id, "files": len(steps), "databases": switched}
    shutil.rmtree(ride.workplace.second_backup / checkpoint.run_id, ignore_errors=True)
    _remove(ride.workplace)
    return report


def recover(place: Workplace) -> bool:
    """Fetch the newest checkpoint and manifest from the second backup, where the project's folder was emptied."""
    kept = sorted(place.second_backup.glob(f"*/{place.checkpoint.name}"), key=lambda path: path.stat().st_mtime)
    if not kept:
        return False
    place.create()
    for name in (NAME, place.checkpoint.name):
        durable.write_file(place.folder / name, (kept[-1].parent / name).read_bytes())
    return True


def _remove(place: Workplace) -> None:
    """Remove our folder, the checkpoint last: a kill on the way leaves something that undo can finish."""
    for path in place.folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != place.checkpoint:
            path.unlink()
    shutil.rmtree(place.folder)


def _check_files(ride: Ride, steps: tuple[Step, ...]) -> None:
    """Refuse where a swapped file was edited, or a migration was added on top since."""
    journal.check(ride.project.root, steps)
    if not ride.checkpoint.applied:
        return
    added = built_on(ride)
    if added:
        raise ConflictError(
            f"{', '.join(added[:4])} was added since the reset; undo would orphan it. Nothing was changed.",
            code="built-on",
            cures=("Remove or set aside that migration first.",),
        )


def built_on(ride: Ride) -> list[str]:
    """The migrations of our apps in the tree that this reset did not write, as "app.name"."""
    labels = ride.checkpoint.folders
    disk = ride.guest.call("history", labels=list(labels))["disk"]
    return [
        f"{app}.{name}" for app, name, _ in disk if app in labels and f"{app}/{name}.py" not in ride.checkpoint.files
    ]


def _switched(ride: Ride) -> list[str]:
    """Databases that this reset switched. Raises where one cannot go back, before any is touched."""
    found = []
    for database in ride.guest.facts["databases"]:
        alias = database["alias"]
        ours = database["inside"] or touched(ride, alias)
        if database["sqlite"] and database["exists"] and ours:
            state = read_state(ride, alias)["state"]
            if state in ("NEW", "NEW_PARTIAL", "MIXED"):
                found.append(alias)
    return found


def _undo_database(ride: Ride, alias: str, dry_run: bool) -> None:
    try:
        ride.guest.call("undo_switch", alias=alias, manifest=load_manifest(ride).to_dict(), dry_run=dry_run)
    except GuestError as error:
        code = str(error.details.get("code") or error.code)
        end = "Nothing was changed." if dry_run else "This database was not changed; those before it went back already."
        raise DatabaseError(
            f"{error.sentence} {end}",
            code=code,
            cures=("If it was built by migrate with the new files, set it aside, undo, and migrate it anew.",)
            if code in ("MW-E30", "MW-E31")
            else (),
            details=error.details,
        ) from error
    if dry_run:
        return
    ride.checkpoint.databases[alias] = "OLD_HEAD"
    ride.save()
