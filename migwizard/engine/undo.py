"""Undo: every byte of the tree and every row of the databases, from every state; refused where others built on it."""

from __future__ import annotations

import shutil
from typing import Any

from migwizard.engine import durable, edits, histories, journal
from migwizard.engine.journal import Act, Step
from migwizard.engine.manifests import NAME, load_manifest
from migwizard.engine.previews import DatabaseLine
from migwizard.engine.ride import Ride, reset_time
from migwizard.engine.states import State
from migwizard.engine.steps.apply import steps_back, take_back
from migwizard.engine.steps.fake import ALL, CONFIRMED, LATER, NOT_TOUCHED, read_state, touched
from migwizard.engine.swapping import check_nothing_on_top
from migwizard.engine.talk import Choice, Question
from migwizard.errors import ConflictError, DatabaseError
from migwizard.paths import Workplace
from migwizard.project.guest import GuestError

_BUILT_ANEW = ("If it was built by migrate with the new files, set it aside, undo, and migrate it anew.",)
CURES = {
    "MW-E20": ("Stop what holds the database open for writing, then try again.",),
    "MW-E30": _BUILT_ANEW,
    "MW-E31": _BUILT_ANEW,
    "MW-E32": ("Take back what was built on the new history first, the newest first: manage.py migrate APP NAME.",),
}


def run(ride: Ride) -> dict[str, Any]:
    """Take back what this reset did, databases first.

    Raises ConflictError or DatabaseError, with nothing touched, where it cannot.
    """
    checkpoint = ride.checkpoint
    steps = steps_back(ride) if checkpoint.applied else ()
    _check_files(ride, steps)
    switched = switched_by_us(ride)
    # What was said before an undo that was refused counts no more.
    checkpoint.decisions.pop(f"undo:{checkpoint.run_id}", None)
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
    return everything(ride)


def everything(ride: Ride) -> dict[str, Any]:
    """Databases, files, and in the end our own folder; the report says what went back."""
    files, switched = put_back(ride)
    report = {"type": "result", "undone": ride.checkpoint.run_id, "files": files, "databases": switched}
    edits.adopt(ride)
    kept = edits.set_aside(ride)
    if kept is not None:
        ride.tell("note", f"Your own texts of staged files are kept in {kept}.")
        report["edits"] = str(kept)
    shutil.rmtree(ride.workplace.second_backup / ride.checkpoint.run_id, ignore_errors=True)
    _remove(ride.workplace)
    return report


def put_back(ride: Ride) -> tuple[int, list[str]]:
    """Rows, then files; returns how many files, and the databases. All is looked at anew: an answer may take hours.

    Raises ConflictError or DatabaseError, with nothing touched, where something stands in the way.
    """
    steps = steps_back(ride) if ride.checkpoint.applied else ()
    _check_files(ride, steps)
    switched = switched_by_us(ride)
    _undo_databases(ride, switched)
    if ride.checkpoint.applied:
        try:
            take_back(ride)
        except ConflictError as error:
            if not switched:
                raise
            raise ConflictError(
                f"{error.sentence} The rows of {', '.join(switched)} went back already; the files did not.",
                code=error.code,
                cures=error.cures,
                details=error.details,
            ) from error
    return len(steps), switched


def rows_back(ride: Ride) -> list[str]:
    """Put the rows back into each database that this reset switched; the files stay. Returns their aliases."""
    ride.facts.pop(histories.LINES, None)
    switched = [line.alias for line in switched_lines(ride)]
    _undo_databases(ride, switched)
    for state in (State.FAKE, State.DONE):
        ride.checkpoint.results.pop(state, None)
        ride.checkpoint.approvals.pop(state, None)
    for said in (LATER, ALL, CONFIRMED):
        ride.facts.pop(said, None)
    ride.save()
    return switched


def _undo_databases(ride: Ride, switched: list[str]) -> None:
    """All are tried before the first is touched."""
    for dry_run in (True, False):
        for number, alias in enumerate(switched):
            _undo_database(ride, alias, dry_run, switched[:number])


def choose(ride: Ride) -> dict[str, Any] | None:
    """Ask a person what is to be taken back, and do it; None where the ride goes on."""
    from migwizard.engine import undo_choices

    return undo_choices.choose(ride)


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
    if ride.checkpoint.applied:
        check_nothing_on_top(ride)


def switched_lines(ride: Ride) -> list[DatabaseLine]:
    """The databases whose rows this reset holds, whether or not the tree still has the new files."""
    if not (ride.workplace.folder / NAME).is_file():
        return []
    return [line for line in histories.lines(ride) if line.switched]


def switched_by_us(ride: Ride) -> list[str]:
    """Databases that this reset switched. Raises where one cannot go back, before any is touched."""
    if not ride.checkpoint.applied:
        ride.facts.pop(histories.LINES, None)
        return [line.alias for line in switched_lines(ride)]
    found = []
    for database in ride.guest.facts["databases"]:
        alias = database["alias"]
        ours = database["inside"] or touched(ride, alias)
        if database["sqlite"] and database["exists"] and ours:
            state = read_state(ride, alias)["state"]
            if state in ("NEW", "NEW_PARTIAL", "MIXED"):
                found.append(alias)
    return found


def try_database(ride: Ride, alias: str) -> None:
    """Raise DatabaseError where the rows of a database cannot go back; writes nothing."""
    _undo_database(ride, alias, True, [])


def _undo_database(ride: Ride, alias: str, dry_run: bool, before: list[str]) -> None:
    if not dry_run:
        ride.tell("progress", f"{alias}: rows go back", alias=alias)
    try:
        ride.guest.call("undo_switch", alias=alias, manifest=load_manifest(ride).to_dict(), dry_run=dry_run)
    except GuestError as error:
        code = str(error.details.get("code") or error.code)
        end = "Nothing was changed."
        if not dry_run:
            went = f" The rows of {', '.join(before)} went back already; the files did not." if before else ""
            end = f"{alias} was not changed.{went}"
        raise DatabaseError(
            f"{error.sentence} {end}",
            code=code,
            cures=CURES.get(code, ()),
            details=error.details | {"alias": alias, "went_back": [] if dry_run else before},
        ) from error
    if dry_run:
        return
    inside = {database["alias"]: database["inside"] for database in ride.guest.facts["databases"]}
    ride.checkpoint.databases[alias] = "OLD_HEAD" if inside[alias] else NOT_TOUCHED
    ride.save()
    journal.note(ride.workplace.journal, Act("unswitch", reset_time(), alias))
    histories.forget_switch(ride, alias)
