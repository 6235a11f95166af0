"""Databases that lack migrations of other apps: the new files depend on the newest ones, so no switch would be possible."""

from __future__ import annotations

from migwizard.engine import histories
from migwizard.engine.ride import Ride
from migwizard.errors import DatabaseError
from migwizard.words.counting import some


def refuse_behind(ride: Ride, alias: str) -> None:
    """Refuse a database at the old head in which apps that the project's migrations depend on are behind.

    Raises DatabaseError (MW-E12), as the switch would at the end, when only the old files could bring it further.
    """
    own = set(ride.apps.labels)
    nodes = ride.whole_history()["nodes"]
    needed = {app for node in nodes if node["app"] in own for app, _ in node["parents"]} - own
    found = ride.guest.call("unapplied", alias=alias, labels=sorted(needed), folders=ride.old_folders())
    missing = [(app, name) for app, name in found]
    if missing:
        raise DatabaseError(
            f"Database {alias} lacks {some(['.'.join(node) for node in missing])}, of other apps. The new files will "
            "depend on the newest migrations of such apps. Nothing was changed.",
            code="MW-E12",
            cures=(histories.MIGRATE_FIRST,),
            details={"alias": alias, "missing": found},
        )
