"""An earlier reset whose manifest stands in this checkout: every database is switched to it before there is a second one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from migwizard.engine.planning import keeping
from migwizard.engine.ride import Ride
from migwizard.engine.staging import drift
from migwizard.engine.states import State
from migwizard.engine.switching import pulled
from migwizard.engine.talk import Answer, Choice, Question
from migwizard.errors import ConflictError, DatabaseError
from migwizard.switch.manifest import FILE_NAME, Manifest, Node, node_name
from migwizard.words.counting import count, some

SWITCH = "migwizard fake --database {alias}"
"""What switches a database to the earlier reset."""
SECOND = "second"
"""Id of the question whether a reset of nothing but a reset is wanted, or one of what a reset kept on top."""
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
    note = note_of(manifest)
    ride.tell("note", note)
    detail = f"{note}\nWhere each database here stands: migwizard status"
    return f"{manifest.run_id}: every database needs it first", detail


def note_of(manifest: Manifest) -> str:
    """What is said wherever an earlier reset stands."""
    return (
        f"The reset {named(manifest)} stands in this checkout ({FILE_NAME}). A second one replaces its manifest and its script, so "
        f"every database, wherever it is, has to be switched to the earlier one first: {SWITCH.format(alias='ALIAS')}"
    )


def nothing_since(ride: Ride) -> str:
    """Why no second reset is made; empty where nothing speaks against it, or where somebody wants it all the same.

    Where nothing came on top it would give other names to the same files, and replace a manifest that other databases may
    still need. What the earlier one kept on top it would fold, unless somebody says what is kept.
    """
    manifest = _found(ride)
    if manifest is None:
        return ""
    disk = {(app, name) for app, name, _ in ride.whole_history()["disk"] if app in ride.apps.labels}
    since = disk - {*manifest.new_nodes, *manifest.drift}
    kept = [node for node in manifest.kept if node in since]
    if kept and keeping.is_said(ride):
        # Whoever says what stays has decided about these; a later start goes on from that.
        kept, ride.checkpoint.decisions[SECOND] = [], Answer("reset", keeping.OPTION)
    if not kept and (since or drift.is_folded(ride)):
        return ""
    if ride.ask(question_of(manifest, kept, len(since) - len(kept))) == "reset":
        return ""
    # A later start asks again: something may have come on top.
    ride.checkpoint.decisions.pop(SECOND)
    if kept:
        return (
            f"the reset {named(manifest)} kept {count(len(kept), 'migration')} on top, which a second one would fold. To fold all: "
            f"{keeping.OPTION} ''. To keep some: {keeping.OPTION} with the point after which they were made."
        )
    return f"the migrations are those of the reset {named(manifest)}, and nothing came on top of them."


def question_of(manifest: Manifest, kept: Sequence[Node], more: int) -> Question:
    """Whether a second reset is wanted: of what nothing came on top of, or of what was kept with `more` that came since."""
    if kept:
        return _folds_kept(manifest, kept, more)
    return _question(
        "This history is a reset already",
        f"The migrations are those of the reset {named(manifest)}, and nothing came on top of them. Another one would give other names "
        f"to the same files, and replace {FILE_NAME} and its script, which other databases may still need.",
        Choice("reset", "every database has to be switched once more", "Reset it all the same"),
    )


def _folds_kept(manifest: Manifest, kept: Sequence[Node], more: int) -> Question:
    """What is asked before migrations are folded that somebody wanted to stay."""
    them = "it" if len(kept) == 1 else "them"
    on_top = f", and {count(more, 'other one came', 'other ones came')} after {them}" if more else ""
    return _question(
        "The earlier reset kept migrations on top",
        f"The reset {named(manifest)} kept {some([node_name(node) for node in kept])}{on_top}. A second one folds {them} too: a "
        f"database that lacks {them} cannot be switched to it, and {FILE_NAME} and its script are replaced, which others may "
        f"still need. {keeping.OPTION} says what else is to stay.",
        Choice("reset", f"{count(len(kept), 'kept migration')} and what came after are folded", "Fold all of them"),
    )


def _question(headline: str, text: str, goes_on: Choice) -> Question:
    finish = Choice("finish", "ends here; nothing was changed", "Finish")
    return Question(SECOND, State.PREFLIGHT, headline, text, (finish, goes_on), safe="finish", default="finish")


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
