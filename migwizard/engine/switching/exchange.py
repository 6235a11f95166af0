"""The exchange of rows in one database, and what shows afterwards that nothing is left to do there."""

from __future__ import annotations

from typing import Any

from migwizard.engine.ride import PULLED, Ride, reset_time
from migwizard.engine.surviving import journal
from migwizard.engine.surviving.journal import Act
from migwizard.engine.swapping import swap
from migwizard.engine.switching import histories, identity, patience, rowcopies, torn
from migwizard.engine.switching.histories import read_state
from migwizard.errors import DatabaseError
from migwizard.plan.operations import Node
from migwizard.project.guest import GuestError


def switch(ride: Ride, alias: str, *, dry_run: bool, patient: bool = False) -> dict[str, Any]:
    """Exchange the rows of one database, after waiting for others that write to it.

    Raises DatabaseError with the reason of a refusal, and ConflictError where the tree does not hold the new files.
    """
    if PULLED not in ride.facts:
        swap.check_new_in_tree(ride)
    seconds = patience.LONGER if patient else patience.SECONDS
    if not dry_run and not identity.touched(ride, alias):
        # Noted before, so that undo looks here whenever a kill comes.
        identity.note(ride, alias, "OLD_HEAD")
        ride.save()
    doing = "dry run of the switch" if dry_run else f"switch, waits at most {seconds:g} s for others that write"
    ride.tell("progress", f"{alias}: {doing}", alias=alias)
    try:
        result: dict[str, Any] = ride.guest.call(
            "switch",
            alias=alias,
            manifest=histories.manifest(ride).to_dict(),
            dry_run=dry_run,
            lock_timeout=seconds,
            folders=ride.new_folders(),
            # Without the histories nothing else compares a database with what they build.
            may_lack=[] if PULLED in ride.facts else None,
        )
    except GuestError as error:
        refusal = histories.refusal(ride, alias, error, histories.changed_schemas(error) or "No row was changed.")
        if refusal.code == "MW-E12":
            refusal.cures = torn.cures(ride, alias, refusal.details, refusal.cures)
        if not dry_run and _is_local(ride, alias):
            # A database whose name is to be typed is asked for again: no other word switches it.
            refusal.details["agreed"] = True
        raise refusal from error
    if result.get("state") in histories.SWITCHED and result["result"] == "NOTHING_TO_DO":
        histories.refuse_other_reset(ride, alias, read_state(ride, alias))
    if result["result"] == "SWITCHED":
        if not ride.read_only:
            rowcopies.keep(ride, alias, result["backup"])
            _note(ride, alias)
        histories.forget_line(ride, alias)
    for warning in result.get("warnings", ()):
        ride.tell("warning", str(warning))
    return result


def _complete(ride: Ride, alias: str) -> None:
    """Keep what a kill right after the switch has left out: the copy of the rows, and the act in the journal.

    A copy without the act is of an earlier switch, which was taken back.
    """
    noted = identity.was_switched(ride, alias)
    if noted and rowcopies.is_kept(ride, alias):
        return
    if rows := read_state(ride, alias)["backup"]:
        rowcopies.keep(ride, alias, rows)
        if not noted:
            _note(ride, alias)


def _note(ride: Ride, alias: str) -> None:
    journal.note(ride.workplace.journal, Act("switch", reset_time(), alias, identity.of(ride, alias)))


def _is_local(ride: Ride, alias: str) -> bool:
    return any(one["alias"] == alias and one["inside"] for one in ride.guest.facts["databases"])


def confirm(ride: Ride, alias: str) -> str:
    """Show that migrate has nothing of the reset to do, and that the switch is kept; run `migrate --fake` where it was asked for.

    What came on top of the new history is for the next migrate: kept, folded in, of this checkout, or made since.
    """
    waiting = _waiting(ride, alias)
    new = histories.manifest(ride).new_nodes
    if wrong := [".".join(node) for node in waiting if node in new]:
        raise DatabaseError(
            f"{alias} was switched, yet migrate would still apply {', '.join(wrong)}. The rows of {alias} are backed up.",
            code="pending",
            cures=("Take the switch back with u, or with `migwizard undo`.",),
            details={"alias": alias, "pending": wrong},
        )
    rest = [".".join(node) for node in waiting]
    ride.tell("switched", f"{alias}: nothing to apply" + (f" but {', '.join(rest)}" if rest else ""), alias=alias)
    if not ride.read_only:
        _complete(ride, alias)
        identity.spend_answer(ride, alias)
    if ride.options.confirm_fake:
        ask_django(ride, alias)
    return "NEW"


def _waiting(ride: Ride, alias: str) -> list[Node]:
    """What the next migrate applies."""
    return [(app, name) for app, name in ride.guest.call("pending", alias=alias)]


def ask_django(ride: Ride, alias: str) -> None:
    """Run the project's own `migrate --fake` for our apps, which must find nothing to do, and keep its answer."""
    try:
        labels = list(ride.apps.labels)
        said = ride.guest.call("confirm_fake", alias=alias, labels=labels, real=_waiting(ride, alias))
    except GuestError as error:
        raise histories.refusal(ride, alias, error, f"The switch of {alias} stands; u takes it back.") from error
    histories.keep_answer(ride, alias, str(said))
    for words in histories.verdict(str(said)):
        ride.tell("note", f"{alias}: {words}.")
