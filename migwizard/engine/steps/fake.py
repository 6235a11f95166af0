"""Fake: the guarded exchange of rows in django_migrations, database by database."""

from __future__ import annotations

import json
from typing import Any

from migwizard.engine import durable
from migwizard.engine.manifests import load_manifest
from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.errors import DatabaseError
from migwizard.project.guest import GuestError

NOT_TOUCHED = "not touched"


def run(ride: Ride) -> dict[str, Any]:
    """Switch the local SQLite files of the project, and whatever database was named."""
    states = {}
    for database in ride.guest.facts["databases"]:
        states[database["alias"]] = _one(ride, database)
        ride.checkpoint.databases[database["alias"]] = states[database["alias"]]
        ride.save()
    return {"databases": states}


def _one(ride: Ride, database: dict[str, Any]) -> str:
    alias = database["alias"]
    named = alias in ride.options.databases or touched(ride, alias)
    if not (database["sqlite"] and (database["inside"] or named)):
        ride.tell("note", f"Database {alias} was not touched: only named databases are, when they are not local files.")
        return NOT_TOUCHED
    if not database["exists"]:
        return "missing"
    found = read_state(ride, alias)
    if found["state"] == "EMPTY":
        return "EMPTY"
    if found["state"] == "OLD_HEAD" and ask_switch(ride, database) == "later":
        return "OLD_HEAD"
    switch(ride, alias, dry_run=False)
    return confirm(ride, alias)


def ask_switch(ride: Ride, database: dict[str, Any]) -> str:
    """Whether to switch a database that is at the old head: "switch" or "later"."""
    return ride.ask(
        Question(
            f"switch:{database['alias']}",
            State.FAKE,
            f"Switch database {database['alias']}",
            f"{database['path']} is exactly at the old head. Its rows in django_migrations are exchanged for the new "
            "names; no table is touched, and undo puts every row back.",
            (Choice("switch", "the rows are exchanged"), Choice("later", "run `migwizard fake` when you are ready")),
            safe="switch",
        )
    )


def touched(ride: Ride, alias: str) -> bool:
    """Whether this reset switched the database, or was about to when it was killed."""
    return ride.checkpoint.databases.get(alias, NOT_TOUCHED) != NOT_TOUCHED


def read_state(ride: Ride, alias: str) -> dict[str, Any]:
    """The state of a real database. Raises DatabaseError."""
    try:
        found: dict[str, Any] = ride.guest.call("database_state", alias=alias, manifest=load_manifest(ride).to_dict())
    except GuestError as error:
        raise DatabaseError(f"{error.sentence} Nothing was changed.", code=_code(error)) from error
    return found


def _code(error: GuestError) -> str:
    return str(error.details.get("code") or error.code)


def switch(ride: Ride, alias: str, *, dry_run: bool) -> dict[str, Any]:
    """Exchange the rows of one database. Raises DatabaseError with the reason of a refusal."""
    manifest = load_manifest(ride)
    if not dry_run and not touched(ride, alias):
        # Noted before, so that undo looks here whenever a kill comes.
        ride.checkpoint.databases[alias] = "OLD_HEAD"
        ride.save()
    try:
        result: dict[str, Any] = ride.guest.call(
            "switch", alias=alias, manifest=manifest.to_dict(), dry_run=dry_run, folders=ride.new_folders()
        )
    except GuestError as error:
        raise DatabaseError(
            f"{error.sentence} No row was changed.", code=_code(error), details=error.details
        ) from error
    if result["result"] == "SWITCHED":
        copy = ride.workplace.folder / "rows" / f"{alias}.json"
        durable.write_file(copy, json.dumps(result["backup"], default=str).encode())
    for warning in result.get("warnings", ()):
        ride.tell("warning", str(warning))
    return result


def confirm(ride: Ride, alias: str) -> str:
    """Show that migrate has nothing of ours to do; run the project's own `migrate --fake` where it was asked for."""
    waiting = ride.guest.call("pending", alias=alias)
    own = [f"{app}.{name}" for app, name in waiting if app in ride.apps.labels]
    if own:
        raise DatabaseError(f"After the switch of {alias}, migrate would still apply {', '.join(own)}.", code="pending")
    others = [f"{app}.{name}" for app, name in waiting]
    ride.tell("switched", f"{alias}: nothing to apply" + (f" but {', '.join(others)}" if others else ""), alias=alias)
    if ride.options.confirm_fake:
        ride.guest.call("confirm_fake", alias=alias, labels=list(ride.apps.labels))
    return "NEW"
