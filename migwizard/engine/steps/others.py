"""Databases that lack migrations of other apps: the new files depend on the newest ones, so no switch would be possible."""

from __future__ import annotations

from migwizard.engine.ride import Ride
from migwizard.errors import DatabaseError
from migwizard.words.counting import some


def refuse_behind(ride: Ride, alias: str) -> None:
    """Refuse a database at the old head in which apps on whose newest migrations new files will depend are behind.

    Raises DatabaseError (MW-E12), as the switch would at the end, when only the old files could bring it further.
    """
    own = set(ride.apps.labels)
    needed = {
        (node["app"], app)
        for node in ride.whole_history()["nodes"]
        if node["app"] in own
        for app, _ in node["parents"]
        if app not in own
    }
    labels = {app for _, app in needed}
    found = ride.guest.call("unapplied", alias=alias, labels=sorted(labels), folders=ride.old_folders())
    if found:
        swapped = _only_swapped(ride)
        labels = {app for by, app in needed if (by, app) not in swapped}
    missing = [(app, name) for app, name in found if app in labels]
    if missing:
        from migwizard.engine.switching import histories, torn

        details = {"alias": alias, "missing": [list(node) for node in missing]}
        raise DatabaseError(
            f"Database {alias} lacks {some(['.'.join(node) for node in missing])}, of other apps. The new files will "
            "depend on the newest migrations of such apps. Nothing was changed.",
            code="MW-E12",
            cures=torn.cures(ride, alias, details, (histories.migrate_first(alias),)),
            details=details,
        )


def _only_swapped(ride: Ride) -> set[tuple[str, str]]:
    """Pairs (app, other app) of which the first needs only swappable models of the other: it waits for its first migration.

    An app with operations that no autodetector writes is in none of them, since a seed may need more.
    """
    by_hand = {node["app"] for node in ride.whole_history()["nodes"] if node.get("operations")}
    swappable: set[tuple[str, str]] = set()
    otherwise: set[tuple[str, str]] = set()
    for operation in ride.operations()["operations"]:
        labels = {label for _, label in operation["swappable"]}
        swappable |= {(operation["app"], label) for label in labels}
        otherwise |= {(operation["app"], label) for label, _ in operation["external"] if label not in labels}
    return {pair for pair in swappable - otherwise if pair[0] not in by_hand}
