"""What to do about a history that moved on since the switch, which an undo waits for: in sentences, and as commands."""

from __future__ import annotations

import shlex
import typing

from .places import Place
from .refusal import SwitchError
from .wayback import way_back
from .words import Facts, Key, Keys, full_name, listed


def steps_back(place: Place, recorded: typing.Iterable[Key], later: Keys, gone: Keys) -> typing.List[Facts]:
    """What leads from all recorded rows to where an undo is not refused, in order; see `way_back`.

    Each has a `sentence`, the `command` that it ends with, or None, the `migrations` that it names, and what it does (`do`): "file"
    and "row" (to be put back by hand), "apply", "need" (the first is to depend on the second), "take back", or "load" (the files
    cannot be loaded, so that nothing else can be told).
    """
    try:
        way = way_back(recorded, later, gone)
    except SwitchError as error:
        return [_step("load", [], error.reason)]
    steps = []
    if way.files:
        names = listed(map(full_name, way.files))
        steps.append(_step("file", way.files, f"Put the file of {names} back where it was: the way back is in it."))
    if way.rows:
        names = listed(map(full_name, way.rows))
        steps.append(_step("row", way.rows, f"Put the row of {names} back into django_migrations: migrate cannot."))
    where = place.alias + (f", schema {place.schema}" if place.schema else "")
    for key in way.again:
        sentence = f"Apply again in {where} what was taken back (with --fake where only its row is gone)"
        steps.append(_step("apply", [key], sentence, _migrate(place, *key)))
    for key, other in way.needs:
        sentence = f"Add {full_name(other)} to the dependencies in the file of {full_name(key)}"
        steps.append(_step("need", [key, other], f"{sentence}: else migrate cannot take that back alone."))
    for key in way.targets:
        sentence = f"Take it back in {where}, with what it built and all rows in it (by hand if irreversible)"
        steps.append(_step("take back", [key], sentence, _migrate(place, *key)))
    return steps


def _step(do: str, migrations: Keys, sentence: str, command: typing.Optional[str] = None) -> Facts:
    return {"do": do, "migrations": [list(key) for key in migrations], "sentence": sentence, "command": command}


def _migrate(place: Place, app: str, name: str) -> str:
    command = f"migrate_schemas --schema {shlex.quote(place.schema)}" if place.schema else "migrate"
    database = f" --database {shlex.quote(place.alias)}" if place.alias != "default" else ""
    return f"python manage.py {command}{database} {app} {shlex.quote(name)}"
