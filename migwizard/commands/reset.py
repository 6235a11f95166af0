"""Commands that make a reset, or take it back."""

from __future__ import annotations

import argparse
from typing import Any

from migwizard.commands.setup import face_of, options_of, project_of, say
from migwizard.engine import journal, machine, manifests
from migwizard.engine import undo as undoing
from migwizard.engine.checkpoint import Checkpoint, load_checkpoint
from migwizard.engine.opening import look_ride, open_ride
from migwizard.engine.ride import Ride
from migwizard.engine.states import ORDER, State
from migwizard.engine.steps import fake as faking
from migwizard.errors import ConflictError, DatabaseError, UsageError
from migwizard.exit_codes import ExitCode
from migwizard.faces.jsonlines import emit
from migwizard.paths import Workplace
from migwizard.project.discovery import Project


def run(arguments: argparse.Namespace) -> int:
    """The whole ride, or the rest of it."""
    project = project_of(arguments)
    say(f"Project {project.root}, interpreter {project.interpreter.path} ({project.interpreter.reason})")
    with open_ride(project, face_of(arguments), options_of(arguments)) as ride:
        report = machine.run(ride)
    if arguments.json:
        emit(report)
    else:
        _narrate(report)
    return ExitCode.DONE


def _narrate(report: dict[str, Any]) -> None:
    if report.get("nothing"):
        return
    say(f"\nState: {report['state']}")
    say_figures(report)
    if report["state"] == State.DONE:
        say("Undo at any time: migwizard undo")


def say_figures(report: dict[str, Any]) -> None:
    """Files, proof and databases of a ride's report, for people."""
    if report["files_after"] is not None:
        say(f"Files: {report['files_before']} before, {report['files_after']} after")
    if report["proof"]:
        equal = report["proof"]["schema_equal"] and report["proof"]["rows_equal"]
        result = "schema and rows are equal" if equal else "old and new differ, and every difference was accepted"
        say(f"Proof: {result}; the certificate is {report['certificate']}")
    for alias, state in report["databases"].items():
        say(f"Database {alias}: {state}")


def undo(arguments: argparse.Namespace) -> int:
    """Give back every byte and row."""
    project = project_of(arguments)
    place = Workplace(project.root)
    if not place.checkpoint.is_file() and not undoing.recover(place):
        say("Nothing to undo: there is no reset in this project.")
        return ExitCode.DONE
    with open_ride(project, face_of(arguments), options_of(arguments)) as ride:
        report = undoing.run(ride)
    say(f"Undone: {report['files']} files, {len(report['databases'])} database(s).")
    return ExitCode.DONE


def fake(arguments: argparse.Namespace) -> int:
    """Switch one database, or all local ones, to the new history."""
    project = project_of(arguments)
    if not Workplace(project.root).checkpoint.is_file():
        raise UsageError("There is no reset in this project, so nothing to switch to.", code="no-reset")
    with open_ride(project, face_of(arguments), options_of(arguments)) as ride:
        if not ride.checkpoint.applied or State.APPLY not in ride.checkpoint.results:
            raise ConflictError(
                "The new files are not in the tree yet, or were not looked at there. Nothing was changed.",
                code="not-applied",
                cures=("Run migwizard run first.",),
            )
        results = {alias: _switch(ride, alias, arguments) for alias in _aliases(ride, arguments)}
    if arguments.json:
        emit({"type": "result", "databases": results, "dry_run": arguments.dry_run})
    for alias, result in results.items():
        say(f"Database {alias}: {result['result']} (state {result['state']})")
    return ExitCode.DONE


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
    if not database["sqlite"]:
        raise DatabaseError(f"Database {alias} is no SQLite file; this version switches SQLite only.", code="engine")
    if not arguments.dry_run and faking.read_state(ride, alias)["state"] == "OLD_HEAD":
        # Whoever says fake now is asked now, whatever was said before.
        ride.checkpoint.decisions.pop(f"switch:{alias}", None)
        if faking.ask_switch(ride, database) == "later":
            return {"result": "NOTHING_DONE", "state": "OLD_HEAD"}
    result = faking.switch(ride, alias, dry_run=arguments.dry_run)
    if not arguments.dry_run:
        ride.checkpoint.databases[alias] = faking.confirm(ride, alias) if result["state"] != "EMPTY" else "EMPTY"
        ride.save()
    return {"result": result["result"], "state": result["state"]}


def status(arguments: argparse.Namespace) -> int:
    """Where a reset stands and what became stale; writes nothing."""
    project = project_of(arguments)
    found = load_checkpoint(Workplace(project.root).checkpoint, project.root)
    data = _standing(project, found, arguments)
    if arguments.json:
        emit(data)
    elif found is None:
        say("No reset was begun here.")
    else:
        _say_standing(found, data)
    return ExitCode.DONE


def _standing(project: Project, found: Checkpoint | None, arguments: argparse.Namespace) -> dict[str, Any]:
    """The result of `status`."""
    place = Workplace(project.root)
    data: dict[str, Any] = {"type": "result", "state": None, "stale": [], "applied": False, "databases": {}}
    if found is None:
        return data | {"unfinished": None}
    entry = journal.unfinished(place.journal)
    data |= {
        "run_id": found.run_id,
        "state": found.state.value,
        "applied": found.applied,
        "unfinished": entry.kind if entry else None,
        "decisions": {key: answer.choice for key, answer in sorted(found.decisions.items())},
    }
    if entry is not None:
        # The tree is half one history and half the other: nothing can be told from it.
        return data | {"databases": dict(found.databases)}
    with look_ride(project, face_of(arguments), options_of(arguments), found) as ride:
        data["stale"] = machine.stale(ride)
        data["databases"] = _states(ride) if (place.folder / manifests.NAME).is_file() else dict(found.databases)
    return data


def _say_standing(found: Checkpoint, data: dict[str, Any]) -> None:
    done = ORDER.index(found.state)
    say(f"Reset {found.run_id}: next is {found.state.value} (state {done + 1} of {len(ORDER)})")
    if data["unfinished"]:
        say(f"The {data['unfinished']} was interrupted half way; migwizard run or migwizard undo finishes it first.")
    else:
        say("Applied: " + ("the tree holds the new files" if found.applied else "no, the project is unchanged"))
    say("Stale: " + (", ".join(data["stale"]) or "nothing"))
    for alias, state in data["databases"].items():
        say(f"Database {alias}: {state}")


def _states(ride: Ride) -> dict[str, str]:
    states = {}
    for database in ride.guest.facts["databases"]:
        if database["sqlite"] and database["exists"]:
            states[database["alias"]] = faking.read_state(ride, database["alias"])["state"]
        else:
            states[database["alias"]] = "missing" if database["sqlite"] else "not looked at"
    return states
