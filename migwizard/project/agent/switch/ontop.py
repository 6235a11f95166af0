"""The commands that take off what came on top of the new history, which an undo waits for."""

from __future__ import annotations

import typing

from .files import Files
from .places import Place
from .refusal import SwitchError
from .words import Facts, Keys, full_name, keys, listed


def ways_out(place: Place, details: Facts) -> typing.List[str]:
    """What to do, in order, about a history that moved on since the switch; `details` are those of the refusal (MW-E32)."""
    later, gone = keys(details["later"]), keys(details["gone"])
    found: typing.List[str] = []
    if later:
        try:
            found += _back(place, later, Files())
        except SwitchError as error:
            found.append(error.reason)
    if gone:
        found.append(f"Apply again what was taken back: {_migrate(place)}")
    return [*found, "Then the same undo again."]


def _back(place: Place, later: Keys, files: Files) -> typing.Iterator[str]:
    lost = [key for key in later if key not in files]
    if lost:
        yield f"First put the file of {listed(map(full_name, lost))} back where it was: the way back is in it."
    for app in dict.fromkeys(app for app, _ in later):
        there = [key for key in later if key[0] == app and key not in lost]
        if there:
            yield f"Take it back, with all that it built: {_migrate(place)} {app} {_before(there, files)}"


def _before(later: Keys, files: Files) -> str:
    """What the first of these migrations of one app comes after: what `migrate` has to go back to."""
    for key in later:
        before = [(app, name) for app, name in files[key].dependencies if app == key[0]]
        if not any(parent in later for parent in before):
            return before[0][1] if before else "zero"
    raise AssertionError("migrations of one app that all need each other")


def _migrate(place: Place) -> str:
    command = f"migrate_schemas --schema {place.schema}" if place.schema else "migrate"
    database = f" --database {place.alias}" if place.alias != "default" else ""
    return f"python manage.py {command}{database}"
