"""Scratch databases on a server: made by the guest, removed when the ride is over, whatever ends it.

A scratch database of SQLite is a file below our folder and goes with it; nothing here is done for those.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.errors import DatabaseError, MigwizardError, UsageError
from migwizard.project import embedded
from migwizard.project.embedded import Server
from migwizard.project.guest import GuestError
from migwizard.project.places import CODE, EMBEDDED, FORMS, GIVEN, OPTION, refusal, started
from migwizard.words.counting import count
from migwizard.words.databases import engine_name

ALIAS = "default"
PLACE = "place of the scratch databases"
"""Key of what is known of the server on which they are made, where it is not the project's own."""
PROVED = "place"
"""Key of the same in the result of a proof."""
MADE = "scratch databases on the server"
"""Key of what this process made: the alias of each path that stands for one."""


def on_server(ride: Ride, alias: str = ALIAS) -> bool:
    """Whether scratch databases that stand for a database of the project lie on a server."""
    return any(one["alias"] == alias and not one["sqlite"] for one in ride.guest.facts["databases"])


def vendor(ride: Ride) -> str:
    """The kind of the default database's engine."""
    return next(str(one["vendor"]) for one in ride.guest.facts["databases"] if one["alias"] == ALIAS)


def is_elsewhere(ride: Ride) -> bool:
    """Whether they are made on another server than that of the default database, or as another user."""
    return ride.project.scratch is not None and on_server(ride)


def place(ride: Ride) -> dict[str, Any]:
    """`where` they are made, the `version` of that server, and of the project's `own` where that can be read; empty for
    the project's own server. Asked once a ride. Raises MigwizardError.
    """
    if not is_elsewhere(ride):
        return {}
    if PLACE not in ride.facts:
        prepare(ride)
        try:
            found = dict(ride.guest.call("describe_scratch", alias=ALIAS))
        except GuestError as error:
            raise cannot(ride, error) from error
        said = ride.project.scratch.shown if ride.project.scratch else ""
        ride.facts[PLACE] = found | {"said": said}
    return dict(ride.facts[PLACE])


def identity(ride: Ride) -> list[str]:
    """What a kept run depends on of the place where it ran; nothing for the project's own server."""
    found = place(ride)
    return [found["said"], found["version"]] if found else []


def in_words(place: Mapping[str, Any]) -> str:
    """Where they were made, with both versions, as a sentence."""
    where = f"Scratch databases were made on {place['said']}, {place['version']} ({place['where']})"
    if place["own"] is None:
        return f"{where}; which version the default database runs on could not be read."
    same = "the same version" if place["own"] == place["version"] else place["own"]
    return f"{where}; the default database runs on {same}."


def check_same(ride: Ride, proved: Mapping[str, Any]) -> None:
    """Raise UsageError where the proof ran on another version than that on which its result would be looked at now."""
    now = place(ride)
    then, here = proved.get("version", now.get("own")), now.get("version", proved.get("own"))
    if (proved or now) and (then is None or then != here):
        raise UsageError(
            f"The proof ran on {then or 'the server of the default database'}, and scratch databases are made on "
            f"{here or 'the server of the default database'} now, so what the tree builds could not be compared. Nothing was swapped.",
            code=CODE,
            cures=(
                f"Make them where the proof ran: {OPTION} {proved['said']}." if proved else f"Leave out {OPTION}.",
                "Or go back to Proof.",
            ),
        )


def prepare(ride: Ride) -> None:
    """Look whether the place fits the project, and start the server where it is one of ours.

    Raises UsageError where it is no place for it, DatabaseError where the server does not start.
    """
    places = ride.project.scratch
    if places is None or not on_server(ride):
        return
    databases = {database["alias"]: database for database in ride.guest.facts["databases"]}
    kind = vendor(ride)
    for spot in places.spots:
        if spot.alias and spot.alias not in databases:
            raise refusal(
                f"{places.source} names {spot.alias}, and the settings have no such database; they have {', '.join(databases)}."
            )
        found = databases[spot.alias]["vendor"] if spot.alias else spot.vendor or kind
        if found != kind:
            names = f"{spot.shown} is {engine_name(found)}, and the default database is {engine_name(kind)}"
            raise refusal(f"{places.source}: {names}; the proof has to run on the same engine.")
    if places.kind == GIVEN and len(places.spots) < needed(ride):
        raise refusal(
            f"{places.source} gives {count(len(places.spots), 'empty database')}, and the proof needs {needed(ride)} at the same time; "
            f"with {needed(ride) + 1} two histories run side by side."
        )
    if places.kind == EMBEDDED and ride.server is None:
        ride.tell("progress", "starting a PostgreSQL of our own")
        ride.server = Server(places.spots[0].settings["PASSWORD"])
        ride.guest.scratch = started(places, ride.server.port).told()


def needed(ride: Ride) -> int:
    """How many databases are needed at the same time: what the old history built is read while another one runs.

    Where migrations are kept on top, the history up to the cut is kept beside the whole one.
    """
    return 3 if ride.without or ride.options.keep_after else 2


def side_by_side(ride: Ride) -> int:
    """How many histories may run at the same time."""
    places = ride.project.scratch
    few = places is not None and is_given(ride, ALIAS) and len(places.spots) <= needed(ride)
    return 1 if few else 2


def is_given(ride: Ride, alias: str) -> bool:
    """Whether the scratch databases that stand for a database were given to us."""
    places = ride.project.scratch
    return places is not None and places.kind == GIVEN and on_server(ride, alias)


def release(ride: Ride, path: Path, alias: str = ALIAS) -> None:
    """A database that was given and stands for `path` is free for another run; what hinders that is for the end to tell."""
    if is_given(ride, alias):
        with contextlib.suppress(GuestError):
            ride.guest.call("release_scratch", alias=alias, path=path)
            ride.facts.get(MADE, {}).pop(str(path), None)


def copy(ride: Ride, source: Path, path: Path, alias: str = ALIAS) -> None:
    """Make the database for `path` a copy of that for `source`; one that was given goes over to `path`."""
    note(ride, path, alias)
    ride.guest.call("copy_scratch", alias=alias, source=source, path=path)
    if is_given(ride, alias):
        ride.facts.get(MADE, {}).pop(str(source), None)


def cannot(ride: Ride, error: GuestError) -> MigwizardError:
    """The refusal where no scratch database can be made, with the places that would do; other errors as they are."""
    if error.kind not in ("scratch", "unreachable"):
        return error
    cure = error.details.get("cure")
    return DatabaseError(
        f"{error.sentence.rstrip('.')}. Without a scratch database there is no proof, so no Apply. Nothing was changed.",
        code=error.kind,
        cures=(*filter(None, [cure]), f"Make them elsewhere: {FORMS}"),
        details={"alias": ALIAS, "scratch": True, "vendor": vendor(ride)},
    )


def note(ride: Ride, path: Path, alias: str = ALIAS) -> None:
    """Remember that a database is about to be made for `path`. Raises UsageError where the place does not fit."""
    if on_server(ride, alias):
        prepare(ride)
        ride.facts.setdefault(MADE, {})[str(path)] = alias


def exists(ride: Ride, path: Path, alias: str = ALIAS) -> bool:
    """Whether the database that `path` stands for is there, made by this process where it lies on a server."""
    return str(path) in ride.facts.get(MADE, ()) if on_server(ride, alias) else path.is_file()


def sweep(ride: Ride) -> None:
    """Remove those of this process, and those that killed ones left behind. A server that does not answer is for preflight to tell."""
    if ride.project.scratch is not None and ride.project.scratch.kind == EMBEDDED:
        embedded.sweep()
    elif on_server(ride):
        with contextlib.suppress(MigwizardError):
            prepare(ride)
            _sweep(ride)


def close(ride: Ride) -> None:
    """Leave none behind, however the ride ends; where the guest was cut off it is started once more for it."""
    if ride.server is not None:
        ride.server.stop()
        ride.server = None
        return
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


def sweep_alias(ride: Ride, alias: str) -> None:
    """The same on the server of one database. Raises GuestError."""
    if on_server(ride, alias):
        ride.guest.call("sweep_scratch", alias=alias, living=living(ride))


def _sweep(ride: Ride) -> None:
    for alias in sorted({ALIAS, *ride.facts.get(MADE, {}).values()}):
        sweep_alias(ride, alias)
    ride.facts.pop(MADE, None)
