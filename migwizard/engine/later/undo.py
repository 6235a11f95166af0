"""Undo: every byte of the tree and every row of the databases, from every state; refused where migrations came on top."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from migwizard.engine.later import ontop, unmigrated
from migwizard.engine.later.retiring import standing
from migwizard.engine.previews import DatabaseLine
from migwizard.engine.ride import Ride, reset_time
from migwizard.engine.staging import edits, strays
from migwizard.engine.states import State
from migwizard.engine.steps.apply import files_back, take_back
from migwizard.engine.steps.fake import ALL, CONFIRMED, LATER
from migwizard.engine.surviving import durable, halfway, journal
from migwizard.engine.surviving.checkpoint import NOT_TOUCHED, Checkpoint
from migwizard.engine.surviving.journal import Act, Entry, Step
from migwizard.engine.swapping import committed, git
from migwizard.engine.swapping.swap import missing_in_tree, new_in_tree
from migwizard.engine.switching import histories, identity, patience, pulled, rowcopies
from migwizard.engine.switching.histories import read_state
from migwizard.engine.switching.manifests import find_manifest, load_manifest
from migwizard.errors import ConflictError, DatabaseError
from migwizard.paths import Workplace
from migwizard.project.guest import GuestError
from migwizard.switch.manifest import FILE_NAME
from migwizard.words.counting import count, some
from migwizard.words.sentences import dotted

FROM_COPY = "The JSON copy of its rows is whole: undo without --yes, and take them from it."
_BUILT_ANEW = (
    (
        "If it was built by migrate with the new files, set it aside, put an empty one in its place (an empty file for SQLite), undo, "
        "and migrate that."
    ),
)
CURES = {
    "MW-E20": ("Stop what holds the database open for writing, then try again.",),
    "MW-E30": _BUILT_ANEW,
    "MW-E31": _BUILT_ANEW,
    "MW-E33": _BUILT_ANEW,
}


def check(ride: Ride) -> None:
    """Raise ConflictError or DatabaseError where the reset cannot be taken back; nothing is touched."""
    standing.refuse(ride.workplace)
    _check_files(ride, files_back(ride))
    switched_by_us(ride)


def needs_project(place: Workplace, found: Checkpoint) -> bool:
    """Whether files or rows may have to go back, for which the project is loaded; else only our own folder can go.

    So it is where the checkpoint may have been copied here: only the project tells whether it is its own.
    """
    done = journal.unfinished(place.journal) or journal.stands(place.journal, found.run_id)
    is_copied = found.project.get("name") != place.root.name
    return is_copied or found.applied or done is not None or find_manifest(place, found.run_id) is not None


def everything(ride: Ride) -> dict[str, Any]:
    """Databases, files, and in the end our own folder; the report says what went back."""
    models = unmigrated.apps(ride)
    files, switched = put_back(ride)
    _check_old(ride)
    _take_back_committed(ride)
    report = {"type": "result", "undone": ride.checkpoint.run_id, "files": files, "databases": switched}
    if models:
        report["models"] = models
    if commit := git.holding(ride.project.root, FILE_NAME, ride.checkpoint.run_id):
        report["commit"] = commit
    edits.adopt(ride)
    strays.set_aside(ride)
    kept = edits.set_aside(ride)
    if kept is not None:
        ride.tell("note", f"Your own texts of staged files are kept in {kept}.")
        report["edits"] = str(kept)
    shutil.rmtree(ride.second, ignore_errors=True)
    _remove(ride.workplace)
    return report


def put_back(ride: Ride) -> tuple[int, list[str]]:
    """Rows, then files; returns how many files, and the databases. All is looked at anew: an answer may take hours.

    Raises ConflictError or DatabaseError, with nothing touched, where something stands in the way.
    """
    steps = files_back(ride)
    _check_files(ride, steps)
    identity.refuse_elsewhere(ride)
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
    return len(steps) or ride.put_back, switched


def rows_back(ride: Ride) -> list[str]:
    """Put the rows back into each database that this reset switched; the files stay. Returns their aliases."""
    ride.facts.pop(histories.LINES, None)
    switched = [line.alias for line in switched_lines(ride)]
    _undo_databases(ride, switched)
    ride.checkpoint.forget_from(State.FAKE)
    for said in (LATER, ALL, CONFIRMED):
        ride.facts.pop(said, None)
    ride.save()
    return switched


def _undo_databases(ride: Ride, switched: list[str]) -> None:
    """All are tried before the first is touched."""
    for dry_run in (True, False):
        for number, alias in enumerate(switched):
            _undo_database(ride, alias, dry_run, switched[:number])


def _check_old(ride: Ride) -> None:
    """Raise ConflictError where the tree does not hold the old history: then the backups are all there is of it.

    Whatever checkpoint and journal say, the files have the last word before a backup goes.
    """
    if not any(
        (backup / label).is_dir()
        for backup in (ride.workplace.backup, ride.second)
        for label in ride.checkpoint.folders
    ):
        # No swap was even prepared: files that look like ours came from another reset.
        return
    stand, lack = new_in_tree(ride), missing_in_tree(ride)
    if not stand and not lack:
        return
    what = "is a file of the new history" if stand else "is in the backup, and not in your project"
    named = stand or lack
    more = f" (and {count(len(named) - 1, 'other file')})" if len(named) > 1 else ""
    raise ConflictError(
        f"{named[0]}{more} {what}, so the backup is still needed. No backup was touched.",
        code="still-needed",
        cures=(
            f"Put back what is missing from {ride.workplace.backup} or {ride.second}, remove new files, then undo again.",
            f"To keep the project as it is and both backups with it, rename the folder {ride.workplace.folder.name}.",
        ),
        details={"files": named},
    )


def _take_back_committed(ride: Ride) -> None:
    """Take back what lies beside manage.py where no swap was taken back: somebody put the old migrations there by hand."""
    if find_manifest(ride.workplace, ride.checkpoint.run_id) is not None:
        root = ride.project.root.resolve()
        left = tuple(step for step in committed.made_steps(ride) if durable.file_hash(root / step.path) == step.after)
        swap = Entry("apply", ride.checkpoint.run_id, left)
        journal.carry_out(root, ride.workplace.folder, halfway.steps_back(ride.workplace, swap))


def sweep(place: Workplace) -> None:
    """Remove our folder where a kill came between its last file and itself."""
    durable.refuse_link(place.folder)
    if place.folder.is_dir() and not any(place.folder.iterdir()):
        with _mounted(place.folder):
            place.folder.rmdir()


@contextmanager
def _mounted(folder: Path) -> Iterator[None]:
    """What no program can remove stays, where it is empty: a volume may be mounted there."""
    try:
        yield
    except OSError:
        if any(folder.iterdir()):
            raise


def _remove(place: Workplace) -> None:
    """Remove our folder, the checkpoint last: a kill on the way leaves something that undo can finish."""
    durable.refuse_link(place.folder)
    for path in place.folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path != place.checkpoint:
            path.unlink()
    with _mounted(place.folder):
        shutil.rmtree(place.folder)


def _check_files(ride: Ride, steps: tuple[Step, ...]) -> None:
    """Refuse where the files are of another reset, one that was swapped was edited, or a migration was added on top since."""
    check_swapped(ride, steps)
    if ride.checkpoint.applied:
        _refuse_moved(ride)
        ontop.check_nothing_on_top(ride)


def _refuse_moved(ride: Ride) -> None:
    """Raise ConflictError where migrations of an app lie elsewhere now: the old ones would come where nobody loads them."""
    for app in ride.registry()["apps"]:
        was, now = ride.checkpoint.folders.get(app["label"]), app["migrations_folder"]
        if was and now and Path(now).resolve() != (ride.project.root / was).resolve():
            raise ConflictError(
                f"The migrations of {app['label']} lie in {now}, and the reset found them in {was}. Nothing was changed.",
                code="not-applied",
                cures=(
                    "Move the app back, undo, and move it again afterwards.",
                    f"To keep the project as it is and both backups with it, rename the folder {ride.workplace.folder.name}.",
                ),
                details={"app": app["label"]},
            )


def check_swapped(ride: Ride, steps: tuple[Step, ...]) -> None:
    """Raise ConflictError where a file to go back is neither as the swap left it nor as it was before."""
    _refuse_other(ride, steps)
    journal.check(ride.project.root, steps)


def _refuse_other(ride: Ride, steps: tuple[Step, ...]) -> None:
    """Raise ConflictError where another reset came with a commit: its manifest is no file of ours that somebody edited."""
    root, ours = ride.project.root, next((step for step in steps if step.path == FILE_NAME), None)
    if ours is None or durable.file_hash(root / FILE_NAME) == ours.before:
        return
    other = pulled.foreign(root, ride.checkpoint)
    if other is None:
        return
    commit = git.holding(root, FILE_NAME, other.run_id)
    then = f"git revert {commit}" if commit else "the commit that brought it"
    first = f"{pulled.take_back()}, then {then}"
    raise ConflictError(
        f"The files here are of the reset {other.run_id}, and {ride.checkpoint.run_id}, which was made here, is not what is checked out. "
        "Nothing was changed.",
        code="not-applied",
        cures=(
            "If another branch is checked out, go back to the one with the reset that was made here, and undo again.",
            f"If {other.run_id} was made on top of it, take that one back first: {first}.",
        ),
        details={"other": other.run_id},
    )


def switched_lines(ride: Ride) -> list[DatabaseLine]:
    """The databases whose rows this reset holds, whether or not the tree still has the new files."""
    if not ride.checkpoint.applied and find_manifest(ride.workplace, ride.checkpoint.run_id) is None:
        return []
    return [line for line in histories.lines(ride) if line.switched]


def switched_by_us(ride: Ride) -> list[str]:
    """Databases that this reset switched. Raises where one cannot go back, before any is touched.

    That counts also for one that this reset never touched and that holds the new history; where it cannot be read, it is let be.
    """
    _refuse_gone(ride)
    if not ride.checkpoint.applied:
        ride.facts.pop(histories.LINES, None)
        return [line.alias for line in switched_lines(ride)]
    found, others = dict[str, Any](), dict[str, Any]()
    for database in ride.guest.facts["databases"]:
        alias = database["alias"]
        ours = database["inside"] or identity.touched(ride, alias)
        if database["vendor"] == "other" or not database["exists"]:
            continue
        try:
            state = read_state(ride, alias)
        except DatabaseError:
            if ours:
                raise
            continue
        histories.refuse_other_reset(ride, alias, state)
        if not state["switched"] and state["state"] not in histories.SWITCHED:
            continue
        (found if ours else others)[alias] = state["backup"]
    _refuse_left([alias for alias, backup in others.items() if not _goes_along(ride, alias, backup, found)])
    return list(found)


def _goes_along(ride: Ride, alias: str, backup: Any, found: Mapping[str, Any]) -> bool:
    """Whether a database is one of those `found` under another alias, or its replica: then it keeps the very same rows.

    So does a copy of its file that was made after the switch, which stays as it is.
    """
    databases = {database["alias"]: database for database in ride.guest.facts["databases"]}
    same = [databases[other] for other, kept in found.items() if backup and kept == backup]
    this = databases[alias]
    if not this["sqlite"] or this["mirror"]:
        return bool(same)
    return any(Path(this["path"]).resolve() == Path(other["path"]).resolve() for other in same)


def _refuse_gone(ride: Ride) -> None:
    """Raise DatabaseError where the file of a database that is switched is missing: its rows would stay, and their backup would go."""
    # Where nothing has to go back the project may not have been loaded.
    for database in ride.guest.facts.get("databases", ()):
        if not database["exists"] and identity.was_switched(ride, database["alias"]):
            raise DatabaseError(
                f"{database['alias']} was switched here, and its file {database['path']} is missing. Nothing was changed.",
                code="missing",
                cures=(
                    "Put the file back in its place, then undo again.",
                    "If it is gone for good, make an empty file there: nothing has to go back in that one.",
                ),
                details={"alias": database["alias"]},
            )


def _refuse_left(aliases: list[str]) -> None:
    """Raise ConflictError where databases hold the new history that nobody switched from here: they would be left with it."""
    if aliases:
        hold, were = ("holds", "was") if len(aliases) == 1 else ("hold", "were")
        raise ConflictError(
            f"{some(aliases)} {hold} the new history, and {were} not switched from here: undo would take away the files that belong "
            "to it. Nothing was changed.",
            code="still-needed",
            cures=(
                *(f"Take it back first: {pulled.take_back(alias)}" for alias in aliases),
                *_BUILT_ANEW,
            ),
            details={"databases": aliases},
        )


def try_database(ride: Ride, alias: str) -> None:
    """Raise DatabaseError where the rows of a database cannot go back; writes nothing."""
    _undo_database(ride, alias, True, [])


def try_copy(ride: Ride, alias: str) -> str:
    """Why the JSON copy of the rows does not stand in for a lost backup; "" where it does. Writes nothing."""
    try:
        _undo_rows(ride, alias, rowcopies.load(ride, alias), dry_run=True)
    except (DatabaseError, GuestError) as error:
        return error.sentence
    return ""


def _undo_database(ride: Ride, alias: str, dry_run: bool, before: list[str]) -> None:
    # Under another alias it went back already.
    is_back = bool(before) and not dry_run and read_state(ride, alias)["state"] not in histories.SWITCHED
    try:
        if not is_back:
            _undo_rows(ride, alias, rowcopies.used(ride, alias), dry_run=dry_run)
    except GuestError as error:
        code = str(error.details.get("code") or error.code)
        copy = try_copy(ride, alias) if code in rowcopies.REPLACES else None
        end = "Nothing was changed."
        if not dry_run:
            went = f" The rows of {', '.join(before)} went back already; the files did not." if before else ""
            end = f"{histories.changed_schemas(error) or f'{alias} was not changed.'}{went}"
        raise DatabaseError(
            f"{dotted(error.sentence)} {end}",
            code=code,
            cures=(FROM_COPY,) if copy == "" else _cures(code, error),
            details=error.details | {"alias": alias, "went_back": [] if dry_run else before, "copy": copy},
        ) from error
    if dry_run:
        return
    inside = {database["alias"]: database["inside"] for database in ride.guest.facts["databases"]}
    identity.note(ride, alias, "OLD_HEAD" if inside[alias] else NOT_TOUCHED)
    identity.forget_answer(ride, alias)
    journal.note(ride.workplace.journal, Act("unswitch", reset_time(), alias, identity.of(ride, alias)))
    ride.save()
    histories.forget_switch(ride, alias)


def _cures(code: str, error: GuestError) -> tuple[str, ...]:
    if code != "MW-E32":
        return CURES.get(code, ())
    moved = error.details.get("details") or {}
    return ontop.moved_on(moved.get("steps", ()))


def _undo_rows(ride: Ride, alias: str, backup: rowcopies.Rows | None, *, dry_run: bool) -> None:
    seconds = patience.LONGER if patience.asked(ride, alias) else patience.SECONDS
    doing = f"looking whether rows can go back, waits at most {seconds:g} s for others that write"
    ride.tell("progress", f"{alias}: {doing if dry_run else 'rows go back'}", alias=alias)
    done = ride.guest.call(
        "undo_switch",
        alias=alias,
        manifest=load_manifest(ride).to_dict(),
        backup=backup,
        dry_run=dry_run,
        lock_timeout=seconds,
    )
    for warning in done.get("warnings", ()):
        ride.tell("warning", str(warning))
