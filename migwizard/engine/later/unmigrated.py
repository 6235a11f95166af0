"""What models.py has beyond the new history when a reset is taken back: undo never touches models, so it stays there.

It is left by a migration that came on top and was removed for the undo, or was never made.
"""

from __future__ import annotations

from migwizard.engine.ride import Ride
from migwizard.engine.staging import drift
from migwizard.project.guest import GuestError


def apps(ride: Ride) -> list[str]:
    """The apps whose models changed since the reset; none where that cannot be told, since undo does not depend on it."""
    if not ride.checkpoint.applied:
        return []
    try:
        said = ride.guest.call("check_changes")
    except GuestError:
        return []
    left = drift.remaining(ride)
    return sorted(app for app, lines in said.items() if set(lines) - set(left.get(app, ())))
