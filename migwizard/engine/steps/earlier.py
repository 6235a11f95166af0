"""An earlier reset whose manifest stands in this checkout: every database is switched to it before there is a second one."""

from __future__ import annotations

import shlex

from migwizard.engine.ride import Ride
from migwizard.engine.staging import drift
from migwizard.engine.states import State
from migwizard.engine.switching import pulled
from migwizard.engine.talk import Choice, Question
from migwizard.errors import ConflictError, DatabaseError
from migwizard.switch.manifest import FILE_NAME, Manifest

SWITCH = "migwizard fake --database {alias}"
"""What switches a database to the earlier reset."""
SECOND = "second"
"""Id of the question whether a reset of nothing but a reset is wanted."""
NOT_YET = ("OLD_HEAD", "BEHIND")
"""States of a database in which it was not switched to a reset."""


def find(ride: Ride) -> Manifest | None:
    """The manifest of an earlier reset that stands here with all its files. Raises ConflictError where it cannot be read."""
    manifest = pulled.find(ride.project.root)
    if manifest is None or manifest.run_id == ride.checkpoint.run_id or pulled.missing(ride.project.root, manifest):
        return None
    return manifest


def _found(ride: Ride) -> Manifest | None:
    """The same; None also where it cannot be read, which Preflight notes."""
    try:
        return find(ride)
    except ConflictError:
        return None


def stands(ride: Ride) -> bool:
    """Whether an earlier reset stands here, or may do: a manifest that cannot be read tells of none, and excludes none."""
    try:
        return find(ride) is not None
    except ConflictError:
        return True


def named(manifest: Manifest) -> str:
    """The reset and its day, for people."""
    return f"{manifest.run_id} of {manifest.created[:10]}"


def look(ride: Ride) -> tuple[str, str]:
    """Say that the earlier reset stands here, or may do; returns what preflight notes, and the detail."""
    try:
        manifest = find(ride)
    except ConflictError as error:
        note = (
            f"{error.sentence.removesuffix(' Nothing was changed.')} So nobody can tell whether every database was switched to that "
            f"earlier reset, which has to come before a second one. {error.cures[0]}"
        )
        ride.tell("note", note)
        return f"its {FILE_NAME} cannot be read", note
    assert manifest is not None
    note = (
        f"The reset {named(manifest)} stands in this checkout ({FILE_NAME}). A second one replaces its manifest and its script, so "
        f"every database, wherever it is, has to be switched to the earlier one first: {SWITCH.format(alias='ALIAS')}"
    )
    ride.tell("note", note)
    detail = f"{note}\nWhere each database here stands: migwizard status"
    return f"{manifest.run_id}: every database needs it first", detail


def nothing_since(ride: Ride) -> str:
    """Why a second reset would change nothing; empty where it would, or where somebody wants it all the same.

    It would give other names to the same files, and replace a manifest that other databases may still need.
    """
    manifest = _found(ride)
    if manifest is None or drift.is_folded(ride):
        return ""
    wrote, labels = {*manifest.new_nodes, *manifest.drift}, ride.apps.labels
    if not all((app, name) in wrote for app, name, _ in ride.whole_history()["disk"] if app in labels):
        return ""
    if ride.ask(_question(manifest)) == "reset":
        return ""
    # A later start asks again: something may have come on top.
    ride.checkpoint.decisions.pop(SECOND)
    return f"the migrations are those of the reset {named(manifest)}, and nothing came on top of them."


def _question(manifest: Manifest) -> Question:
    return Question(
        SECOND,
        State.PREFLIGHT,
        "This history is a reset already",
        f"The migrations are those of the reset {named(manifest)}, and nothing came on top of them. Another one would give other names "
        f"to the same files, and replace {FILE_NAME} and its script, which other databases may still need.",
        (
            Choice("finish", "ends here; nothing was changed", "Finish"),
            Choice("reset", "every database has to be switched once more", "Reset it all the same"),
        ),
        safe="finish",
        default="finish",
    )


def refusal(ride: Ride, alias: str) -> DatabaseError | None:
    """The error for a database that is still at the old history of the earlier reset; None where that is not so."""
    manifest = _found(ride)
    if manifest is None:
        return None
    found = ride.guest.call("database_state", alias=alias, manifest=manifest.to_dict())
    if found["state"] not in NOT_YET:
        return None
    from migwizard.engine.switching.histories import CURES

    behind = found["state"] == "BEHIND"
    return DatabaseError(
        f"Database {alias} is still at the history from before the reset {named(manifest)}, which stands in this checkout, so "
        "it has to be switched to that one before a second reset is made. Nothing was changed.",
        code="not-switched",
        cures=(
            f"Switch it: {SWITCH.format(alias=shlex.quote(alias))}",
            *([CURES["MW-E12"].format(quoted=shlex.quote(alias))] if behind else []),
        ),
        details=found | {"alias": alias, "earlier": manifest.run_id},
    )
