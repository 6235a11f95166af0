"""Commands that lead databases to a reset, or take it back."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from migwizard.commands.setup import again, face_of, options_of, project_of, say
from migwizard.engine.later import undo as undoing
from migwizard.engine.later import undo_choices
from migwizard.engine.later.retiring import standing
from migwizard.engine.opening import open_ride
from migwizard.engine.ride import PULLED, Ride
from migwizard.engine.states import State
from migwizard.engine.steps import fake as faking
from migwizard.engine.surviving import journal, recovery
from migwizard.engine.surviving.checkpoint import load_checkpoint
from migwizard.engine.surviving.recovery import Earlier
from migwizard.engine.switching import deviating, exchange, histories, identity, pulled, takenback
from migwizard.errors import ConflictError, DatabaseError, UndecidedError, UsageError
from migwizard.exit_codes import ExitCode
from migwizard.faces.jsonlines import emit
from migwizard.paths import Workplace
from migwizard.project.discovery import Project
from migwizard.switch.manifest import FILE_NAME
from migwizard.words import leaving
from migwizard.words.databases import ENGINES, told_switch

KEPT = "Nothing was taken back, and nothing was changed."


def undo(arguments: argparse.Namespace) -> int:
    """Give back every byte and row."""
    project = project_of(arguments)
    place = Workplace(project.root)
    place.refuse_links()
    fetch, found, load = "", recovery.earlier(place), True
    cut_off = journal.unfinished(place.journal)
    if place.checkpoint.is_file():
        stands = load_checkpoint(place.checkpoint, place.root)
        _check_run(stands.run_id if stands else "", arguments)
        load = stands is None or undoing.needs_project(place, stands)
    elif cut_off is not None and cut_off.run_id not in [one.run_id for one in found]:
        _check_run(cut_off.run_id, arguments)
    else:
        if not found:
            undoing.sweep(place)
            say("Nothing to undo: there is no reset in this project.")
            if was := takenback.told(place.root):
                say(was)
            if (place.root / FILE_NAME).is_file():
                # It was made elsewhere: its files are taken back by git, and a database by the script.
                say(f"A database that was switched by its manifest goes back with: {pulled.take_back()}")
            return ExitCode.DONE
        fetch = _which(found, arguments)
        if fetch == "keep":
            say(KEPT)
            return ExitCode.DONE
    with open_ride(project, face_of(arguments), options_of(arguments), undo=True, fetch=fetch, load=load) as ride:
        try:
            report = undo_choices.run(ride)
        except UndecidedError as error:
            raise UndecidedError(
                "Undo asks a person first, and nobody answered. Nothing was changed.",
                code=error.code,
                cures=(f"Without a question: {again(arguments, 'undo', '--yes')}",),
            ) from error
    if report is None and not place.checkpoint.is_file():
        say(KEPT)
    elif report is None:
        say(f"The reset is still there. Where it stands: {again(arguments, 'status')}")
    else:
        say(leaving.taken_back(report))
    return ExitCode.DONE


def _check_run(stands: str, arguments: argparse.Namespace) -> None:
    """Raise UsageError where `--run` names another reset than the one that stands here."""
    if arguments.run and stands != arguments.run:
        raise UsageError(
            f"The reset in this project is {stands}, not {arguments.run}. Nothing was changed.",
            code="run",
            cures=(f"Take this one back: {again(arguments, 'undo')}",),
        )


def _which(found: list[Earlier], arguments: argparse.Namespace) -> str:
    """The run id of the earlier reset to take back, or "keep". Raises UndecidedError where nobody says which."""
    names = ", ".join(one.named for one in found)
    if arguments.run:
        if arguments.run not in [one.run_id for one in found]:
            raise UsageError(
                f"There is no backup of a reset {arguments.run}; there is one of {names}. Nothing was changed.",
                code="run",
            )
        return str(arguments.run)
    answer = None if arguments.yes else face_of(arguments).ask(recovery.question(found))
    if answer is None:
        raise UndecidedError(
            f"No reset stands in this project now. The second backup holds an earlier one: {names}. It is taken back only "
            "when it is named. Nothing was changed.",
            code="undo:earlier",
            cures=tuple(f"Take it back: {again(arguments, 'undo', '--yes', '--run', one.run_id)}" for one in found),
        )
    return "keep" if answer == "quit" else answer


def fake(arguments: argparse.Namespace) -> int:
    """Switch one database, or all local ones, to the new history."""
    project = project_of(arguments)
    with _switching_ride(project, arguments) as ride:
        own = PULLED not in ride.facts
        others = [database["alias"] for database in ride.guest.facts["databases"]]
        results = {alias: _switch(ride, alias, arguments) for alias in _aliases(ride, arguments)}
    if arguments.json:
        emit({"type": "result", "databases": results, "dry_run": arguments.dry_run})
        return ExitCode.DONE
    for alias, result in results.items():
        say(told_switch(alias, result))
        if result["result"] == "SWITCHED" and not own:
            say(f"Take it back: {pulled.take_back(alias)}")
    if not results:
        named = again(arguments, "fake", "--database", others[0]) if others else again(arguments, "fake", "--all")
        say(f"No database is a local file of this project, so none was looked at. Name it: {named}")
    return ExitCode.DONE


@contextmanager
def _switching_ride(project: Project, arguments: argparse.Namespace) -> Iterator[Ride]:
    """The reset of this checkout, or the one that came with a commit. Raises UsageError, ConflictError without one."""
    face, options, place = face_of(arguments), options_of(arguments), Workplace(project.root)
    place.refuse_links()
    standing.refuse(place)
    found = load_checkpoint(place.checkpoint, place.root)
    manifest = pulled.find(place.root) if found is None else pulled.foreign(place.root, found)
    if found is None and manifest is None:
        raise UsageError(
            "There is no reset in this project, so nothing to switch to.",
            code="no-reset",
            cures=tuple(filter(None, [takenback.told(place.root)])),
        )
    if manifest is not None:
        pulled.check_files(place.root, manifest)
        if found is not None:
            say(
                f"The files here are of the reset {manifest.run_id}, so it goes by that one; {found.run_id}, which was begun here, "
                "stays as it is."
            )
        with pulled.pulled_ride(project, face, options, manifest) as ride:
            yield ride
        return
    with open_ride(project, face, options) as ride:
        if not ride.checkpoint.applied or State.APPLY not in ride.checkpoint.results:
            raise ConflictError(
                "The new files are not in the tree yet, or were not looked at there. Nothing was changed.",
                code="not-applied",
                cures=("Run migwizard run first.",),
            )
        yield ride


def _aliases(ride: Ride, arguments: argparse.Namespace) -> list[str]:
    databases = ride.guest.facts["databases"]
    known = [database["alias"] for database in databases]
    if arguments.database:
        if arguments.database not in known:
            raise UsageError(
                f"The settings have no database {arguments.database!r}; they have {', '.join(known)}.", code="database"
            )
        return [arguments.database]
    if arguments.all:
        return known
    return [database["alias"] for database in databases if database["sqlite"] and database["inside"]]


def _switch(ride: Ride, alias: str, arguments: argparse.Namespace) -> dict[str, Any]:
    database = next(item for item in ride.guest.facts["databases"] if item["alias"] == alias)
    if database["vendor"] == "other":
        text = f"Database {alias} runs on {database['engine']}; migwizard switches {ENGINES} only."
        raise DatabaseError(text, code="engine")
    if not database["exists"]:
        raise DatabaseError(
            f"Database {alias}: the file {database['path']} does not exist. Nothing was changed.",
            code="missing",
            cures=(
                f"Put it back, or mend the settings of {alias}.",
                f"Where it is to be a new one: python manage.py migrate --database {shlex.quote(alias)}",
            ),
        )
    if not arguments.dry_run and histories.read_state(ride, alias)["state"] == "OLD_HEAD":
        # Whoever says fake now is asked now, whatever was said before.
        identity.forget_answer(ride, alias)
        if not faking.may_switch(ride, database):
            return {"result": "NOTHING_DONE", "state": "OLD_HEAD", "deleted": 0, "inserted": 0}
    line = histories.line(ride, database)
    if arguments.dry_run:
        deviating.tell(ride, line)
    result = exchange.switch(ride, alias, dry_run=arguments.dry_run)
    if not arguments.dry_run:
        identity.note(ride, alias, exchange.confirm(ride, alias) if result["state"] != "EMPTY" else "EMPTY")
        ride.save()
    told = {key: result[key] for key in ("result", "state", "deleted", "inserted")}
    told["schemas"] = result.get("schemas", [])
    return told | {"deviations": [deviating.as_json(item) for item in line.deviations]}
