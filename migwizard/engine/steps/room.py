"""Whether scratch databases can be made, where, and with how much room."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

from migwizard import private
from migwizard.engine.findings import Status
from migwizard.engine.proving import scratch
from migwizard.engine.ride import Ride
from migwizard.errors import DatabaseError
from migwizard.project.guest import GuestError
from migwizard.project.places import GIVEN

LITTLE_SPACE = 64 * 1024 * 1024
"""Bytes; with less free space the person is told, since scratch databases, staging and two backups need room."""


def look(ride: Ride, _: object) -> tuple[Status, str, str]:
    """Make a database where the scratch databases will lie, and remove it."""
    if scratch.on_server(ride):
        return _scratch_on_server(ride)
    path = ride.scratch / "preflight.sqlite3"
    there = ride.scratch.is_dir()
    try:
        private.make_folder(path.parent)
        private.open_new(path).close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE looked (id INTEGER)")
            connection.commit()
        path.unlink()
        if ride.project.interpreter.via:
            _try_scratch(ride)
    except sqlite3.Error as error:
        raise DatabaseError(
            f"No scratch database can be made in {path.parent}: {error}. Without one there is no proof, so no Apply. "
            "Nothing was changed.",
            code="scratch",
            cures=("Make room, or let this user write to the folder; then start again.",),
            details={"folder": str(path.parent)},
        ) from error
    finally:
        path.unlink(missing_ok=True)
        if not there:
            shutil.rmtree(path.parent, ignore_errors=True)
    free = shutil.disk_usage(ride.project.root).free
    if free < LITTLE_SPACE:
        return "note", f"can be made, but only {free // 1024**2} MB are free", str(ride.scratch)
    unused = (
        f"\n{ride.project.scratch.source} is for servers, and changes nothing here." if ride.project.scratch else ""
    )
    return "ok", "a scratch database can be made", f"Folder: {ride.scratch}{unused}"


def _scratch_on_server(ride: Ride) -> tuple[Status, str, str]:
    if any(one["alias"] == scratch.ALIAS and one["vendor"] == "other" for one in ride.guest.facts["databases"]):
        return "waiting", "not looked at: waits for Settings", ""
    places = ride.project.scratch
    if places is None:
        return "ok", "a scratch database can be made on the server", f"Server: {_try_scratch(ride)}"
    ride.facts.pop(scratch.PLACE, None)
    place = scratch.place(ride)
    where = _try_scratch(ride)
    own = place["own"] or "not known, since its server could not be asked"
    detail = f"Server: {where}\nIts version: {place['version']}\nThe default database: {own}"
    if place["there"]:
        detail += f"\nThere already, so that migrations do nothing about it: {', '.join(place['there'])}"
    same = place["own"] == place["version"]
    text = f"{'in' if places.kind == GIVEN else 'can be made on'} {places.shown}, {place['version']}"
    if same and not place["there"]:
        return "ok", f"{text} as the default database", detail
    return "note", f"{text}; the default database: {own}", detail


def _try_scratch(ride: Ride) -> str:
    """Let the guest make a scratch database and remove it; returns where."""
    try:
        scratch.prepare(ride)
        path, living = ride.scratch / "preflight.sqlite3", scratch.living(ride)
        return str(ride.guest.call("try_scratch", alias=scratch.ALIAS, path=path, living=living))
    except GuestError as error:
        raise scratch.cannot(ride, error) from error
