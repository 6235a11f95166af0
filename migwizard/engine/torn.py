"""Databases that record a migration without one that it needs: migrate refuses them, so it brings them no further."""

from __future__ import annotations

from migwizard.engine.ride import PULLED, Ride
from migwizard.words.counting import some


def cures(ride: Ride, alias: str) -> tuple[str, ...]:
    """What to do about a database whose old history is torn; empty where it is not, or where nobody here has the old files.

    `migrate --fake` stops there like every migrate, so the row itself is what is left to restore.
    """
    if PULLED in ride.facts:
        return ()
    found = ride.guest.call("torn", alias=alias, folders=ride.old_folders())
    if not found:
        return ()
    lost = list(dict.fromkeys(f"{app}.{name}" for app, name in found))
    inserts = " ".join(
        f"INSERT INTO django_migrations (app, name, applied) VALUES ('{app}', '{name}', CURRENT_TIMESTAMP);"
        for app, name in found
    )
    what = f"it records migrations that need {some(lost)}, and not {some(lost)}"
    return (
        f"{alias} was torn before any reset: {what}. There migrate stops, with --fake too (InconsistentMigrationHistory).",
        f"Restore the row in django_migrations of {alias} from a backup, then check again.",
        f"Or, where what it builds is known to be in {alias}, record it there by SQL: {inserts}",
    )
