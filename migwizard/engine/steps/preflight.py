"""Preflight: everything that would make a reset fail or hurt later is found now, each finding with its cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from migwizard.engine import git
from migwizard.engine.manifests import make_manifest
from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.errors import DatabaseError, ProjectError, UndecidedError, UsageError
from migwizard.project.guest import GuestError

SWITCHABLE = ("OLD_HEAD", "EMPTY", "NEW", "NEW_PARTIAL")


def run(ride: Ride) -> dict[str, Any]:
    """Check the project, its history and its databases; nothing is written."""
    facts = ride.guest.facts
    _check_settings(ride, facts)
    _check_system(facts)
    if not ride.apps.labels:
        return {"nothing": True, "excluded": list(ride.apps.excluded)}
    _check_conflicts(ride)
    _check_git(ride)
    drift = ride.guest.call("check_changes", folders=ride.old_folders())
    ride.checkpoint.results["drift"] = drift
    if drift:
        _ask_drift(ride, drift)
    ride.checkpoint.folders = {
        label: Path(folder).resolve().relative_to(ride.project.root.resolve()).as_posix()
        for label, folder in ride.apps.folders.items()
    }
    databases = _check_databases(ride)
    _check_neighbours(ride)
    return {
        "labels": list(ride.apps.labels),
        "excluded": list(ride.apps.excluded),
        "unmigrated": list(ride.apps.unmigrated),
        "files_before": count_files(ride),
        "drift": drift,
        "databases": databases,
    }


def count_files(ride: Ride) -> int:
    """Migration modules of the project's apps, squashed originals included."""
    return sum(app in ride.apps.labels for app, _, _ in ride.history()["disk"])


def _check_settings(ride: Ride, facts: dict[str, Any]) -> None:
    modules = facts["migration_modules"]
    disabled = [label for label in ride.apps.labels if modules is None or modules.get(label, "") is None]
    if disabled:
        raise UsageError(
            f"The settings {facts['settings']} disable migrations of {', '.join(disabled)} (MIGRATION_MODULES). Nothing was "
            "changed.",
            code="migrations-disabled",
            cures=("Name the settings of the real project with --settings.",),
        )
    for database in facts["databases"]:
        if database["alias"] == "default" and not database["sqlite"]:
            raise UsageError(
                f"The database default runs on {database['engine']}; this version of migwizard proves on SQLite only. "
                "Nothing was changed.",
                code="engine",
            )


def _check_system(facts: dict[str, Any]) -> None:
    serious = [message for message in facts["checks"] if message["serious"]]
    if serious:
        shown = "; ".join(f"{m['object']}: ({m['id']}) {m['text']}" for m in serious[:5])
        raise ProjectError(
            f"Django's system check reports {len(serious)} error(s), so makemigrations would refuse too: {shown}. "
            "Nothing was changed.",
            code="check",
            cures=("Run manage.py check, mend what it names, and start again.",),
            details={"messages": serious},
        )


def _check_conflicts(ride: Ride) -> None:
    conflicts = ride.history()["conflicts"]
    if conflicts:
        shown = "; ".join(f"{app} ends in {' and '.join(names)}" for app, names in conflicts.items())
        raise UndecidedError(
            f"There is more than one newest migration: {shown}. Without one old head no database can be told to have "
            "everything. Nothing was changed.",
            code="conflict",
            cures=("Run manage.py makemigrations --merge, migrate, and start again.",),
            details={"conflicts": conflicts},
        )


def _check_git(ride: Ride) -> None:
    changed = git.changed_files(ride.project.root)
    if changed is None:
        ride.tell("note", "No git here: migwizard's own backup keeps the old files.")
        return
    folders = [Path(folder).resolve() for folder in ride.apps.folders.values()]
    dirty = [path for path in changed if any(path.resolve().is_relative_to(folder) for folder in folders)]
    dirty = [path for path in dirty if "__pycache__" not in path.parts]
    if dirty:
        shown = ", ".join(str(path.relative_to(ride.project.root.resolve())) for path in dirty[:5])
        raise UndecidedError(
            f"{len(dirty)} file(s) in migration folders are not committed: {shown}. Commit them first, so that the old "
            "history can be found in git later. Nothing was changed.",
            code="dirty",
            cures=("git add and git commit them, or git stash them; then start again.",),
            details={"files": [str(path) for path in dirty]},
        )


def _ask_drift(ride: Ride, drift: dict[str, list[str]]) -> None:
    shown = "; ".join(f"{app}: {', '.join(changes)}" for app, changes in drift.items())
    question = Question(
        "drift",
        State.PREFLIGHT,
        "Models and migrations disagree already",
        f"makemigrations would write: {shown}.",
        (
            Choice("leave", "the new history builds what databases have now; makemigrations finds the same afterwards"),
            Choice("fold", "stop, so that you can run makemigrations and migrate first"),
        ),
        safe="leave",
    )
    if ride.options.drift:
        ride.checkpoint.decisions.pop("drift", None)
    choice = ride.options.drift or ride.ask(question)
    if choice == "fold":
        raise UndecidedError(
            "To fold the drift in, let Django write it first: existing databases need a real migration for it. "
            f"It is: {shown}. Nothing was changed.",
            code="drift",
            cures=("Run manage.py makemigrations and migrate, commit, and start again.",),
        )


def _check_databases(ride: Ride) -> dict[str, str]:
    """The state of every database; one that is to be switched must be at the old head. Raises DatabaseError."""
    if ride.checkpoint.applied:
        return dict(ride.checkpoint.databases)
    manifest = make_manifest(ride, []).to_dict()
    states = {}
    for database in ride.guest.facts["databases"]:
        alias = database["alias"]
        named = alias in ride.options.databases
        if named and not database["sqlite"]:
            raise DatabaseError(
                f"Database {alias} runs on {database['engine']}; this version switches SQLite only. Nothing was changed.",
                code="engine",
            )
        if not (database["sqlite"] and (database["inside"] or named)):
            states[alias] = "not touched"
            continue
        if not database["exists"]:
            if named:
                raise DatabaseError(
                    f"Database {alias}: the file {database['path']} does not exist. Nothing was changed.",
                    code="missing",
                    cures=("Run manage.py migrate, or leave the database out.",),
                )
            states[alias] = "missing"
            continue
        states[alias] = _state(ride, alias, manifest)
    unknown = sorted(set(ride.options.databases) - set(states))
    if unknown:
        raise UsageError(
            f"The settings have no database {unknown[0]!r}; they have {', '.join(states)}.", code="database"
        )
    return states


def _state(ride: Ride, alias: str, manifest: dict[str, Any]) -> str:
    try:
        found = ride.guest.call("database_state", alias=alias, manifest=manifest, writable=True)
    except GuestError as error:
        raise DatabaseError(f"{error.sentence} Nothing was changed.", code=error.code) from error
    if found["state"] not in SWITCHABLE:
        raise DatabaseError(
            f"{found['sentence']} Nothing was changed.",
            code=found["code"] or found["state"],
            cures=("Run manage.py migrate with the files as they are now, then start again.",)
            if found["state"] == "BEHIND"
            else (),
            details=found,
        )
    return str(found["state"])


def _check_neighbours(ride: Ride) -> None:
    """Third-party migrations that name one of ours keep their foothold: a new migration stands in for the named one."""
    if ride.guest.facts["routers"]:
        ride.tell(
            "warning",
            "This project has database routers: where one keeps an app out of a database, the guard in its new files does "
            "not run there. Switch every database before anybody runs migrate on it.",
        )
    for label, external in ride.history()["external"].items():
        for app, name, by in external["waits_named"]:
            ride.ask(
                Question(
                    f"pin:{app}.{name}",
                    State.PREFLIGHT,
                    f"{label} needs {app}.{name}",
                    f"{by} depends on {app}.{name}, which the reset removes.",
                    (Choice("pin", f"the first new migration of {app} stands in for it, and its row stays"),),
                    safe="pin",
                )
            )
    for node in ride.history()["nodes"]:
        for app, name in node["run_before"] if node["app"] in ride.apps.labels else ():
            if app not in ride.apps.labels:
                ride.tell(
                    "warning",
                    f"{node['app']}.{node['name']} asks to run before {app}.{name}; this version does not carry that over. "
                    "Where it matters, the proof fails and nothing is changed.",
                )
