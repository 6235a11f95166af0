"""Scratch databases on a server: made by the guest, removed when the ride is over, whatever ends it.

A scratch database of SQLite is a file below our folder and goes with it; nothing here is done for those.
"""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

from migwizard.engine.ride import Ride
from migwizard.errors import MigwizardError
from migwizard.project.guest import GuestError

ALIAS = "default"
MADE = "scratch databases on the server"
"""Key of the paths that stand for those made by this process."""


def on_server(ride: Ride) -> bool:
    """Whether scratch databases of this project lie on a server."""
    return any(one["alias"] == ALIAS and not one["sqlite"] for one in ride.guest.facts["databases"])


def note(ride: Ride, path: Path) -> None:
    """Remember that a database is about to be made for `path`."""
    if on_server(ride):
        ride.facts.setdefault(MADE, set()).add(str(path))


def exists(ride: Ride, path: Path) -> bool:
    """Whether the database that `path` stands for is there, made by this process where it lies on a server."""
    return str(path) in ride.facts.get(MADE, ()) if on_server(ride) else path.is_file()


def sweep(ride: Ride) -> None:
    """Remove those of this process, and those that killed ones left behind. A server that does not answer is for preflight to tell."""
    if on_server(ride):
        with contextlib.suppress(GuestError):
            _sweep(ride)


def close(ride: Ride) -> None:
    """Leave none behind, however the ride ends; where the guest was cut off it is started once more for it."""
    if not ride.facts.get(MADE):
        return
    try:
        try:
            _sweep(ride)
        except GuestError:
            ride.guest.close()
            ride.guest.revive()
            _sweep(ride)
    except MigwizardError:
        text = "The scratch databases could not be removed from the server now; the next start removes them."
        ride.tell("warning", text)


def living(ride: Ride) -> list[int] | None:
    """The processes of this machine, for a guest that cannot see them: databases of the others are nobody's."""
    if not ride.project.interpreter.via:
        return None
    if (known := Path("/proc")).joinpath("self").exists():
        return [int(path.name) for path in known.iterdir() if path.name.isdecimal()]
    found = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, check=True)
    return [int(pid) for pid in found.stdout.split()]


def _sweep(ride: Ride) -> None:
    ride.guest.call("sweep_scratch", alias=ALIAS, living=living(ride))
    ride.facts.pop(MADE, None)
