"""The databases of a reset that ends: whether each has moved, and what goes from those that are named."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from migwizard.engine.ride import Ride, reset_time
from migwizard.engine.surviving import durable, journal
from migwizard.engine.surviving.acting import Acts
from migwizard.engine.surviving.journal import Act
from migwizard.engine.switching import histories
from migwizard.errors import DatabaseError
from migwizard.paths import file_name_of
from migwizard.plan.operations import Node
from migwizard.project.guest import GuestError
from migwizard.switch.manifest import Manifest
from migwizard.words.counting import count
from migwizard.words.databases import STANDS

FINE = ("NEW", "NEW_PARTIAL", "EMPTY")


@dataclass(frozen=True, slots=True)
class Line:
    """One database of the settings."""

    alias: str
    state: str
    """The machine's word; "missing", "engine" and "unreachable" where there is nothing to be read."""
    inside: bool
    rows: int = 0
    """Rows of old names that go."""
    backup: int = 0
    """Rows that the backup table keeps of this reset."""
    chosen: bool = False
    """Whether it is among those from which something goes."""
    says: str = ""

    @property
    def goes(self) -> str:
        """What goes from it; empty for nothing."""
        rows = f"{count(self.rows, 'row')} of old names" if self.rows else ""
        backup = f"the backup of the switch ({count(self.backup, 'row')})" if self.backup else ""
        return " and ".join(filter(None, (rows, backup)))


def look(ride: Ride, manifest: Manifest, gone: Collection[Node], named: Collection[str], every: bool) -> list[Line]:
    """Every database of the settings, read only. Raises DatabaseError where one that answers has not moved."""
    return [
        _line(ride, manifest, gone, database, every or database["alias"] in named or database["inside"])
        for database in ride.guest.facts["databases"]
    ]


def _line(ride: Ride, manifest: Manifest, gone: Collection[Node], database: Mapping[str, Any], chosen: bool) -> Line:
    alias, inside = database["alias"], bool(database["inside"])
    if database["vendor"] == "other":
        return Line(alias, "engine", inside, says="is of an engine that was never switched")
    if not database["exists"]:
        return Line(alias, "missing", inside, says=STANDS["missing"])
    try:
        found = histories.read_state(ride, alias)
    except DatabaseError as error:
        if error.code != "unreachable":
            raise
        return Line(alias, "unreachable", inside, says=f"was not looked at: {error.sentence}")
    _check_moved(alias, found, manifest)
    going = _ask(ride, "retire", alias, manifest, gone=[list(node) for node in gone], dry_run=True)
    rows, backup = (sum(len(each[kind]) for each in going.values()) for kind in ("rows", "backup"))
    return Line(alias, found["state"], inside, rows, backup, chosen, STANDS[found["state"]])


def _check_moved(alias: str, found: Mapping[str, Any], manifest: Manifest) -> None:
    """Raise DatabaseError for a database that would be left behind; one whose new names migrate has yet to record too."""
    histories_there = sum(one["state"] != "EMPTY" for one in found["schemas"]) or 1
    lacks = found["new"] and len(found["new"]) < histories_there * len(manifest.new_nodes)
    if found["state"] in FINE and not (manifest.replaces and lacks):
        return
    if manifest.replaces and (lacks or found["state"] == "OLD_HEAD"):
        why, cure = "has yet to record new names", f"python manage.py migrate --database {shlex.quote(alias)}"
    else:
        why, cure = STANDS.get(found["state"], found["sentence"]), f"migwizard fake --database {shlex.quote(alias)}"
    raise DatabaseError(
        f"Database {alias} {why}, so the reset cannot end. Nothing was changed.",
        code="not-moved",
        cures=(f"Bring it to the new files first: {cure}",),
        details={"alias": alias, "state": found["state"]},
    )


def retire(ride: Ride, acts: Acts, manifest: Manifest, gone: Collection[Node], alias: str) -> None:
    """Remove what goes from a database, after a copy of it lies in our folder. Raises DatabaseError."""
    names = [list(node) for node in gone]
    _keep(acts, alias, _ask(ride, "retire", alias, manifest, gone=names, dry_run=True))
    _ask(ride, "retire", alias, manifest, gone=names, dry_run=False)
    journal.note(acts.journal, Act("retire", reset_time(), alias))


def give_back(ride: Ride, acts: Acts, manifest: Manifest) -> dict[str, int]:
    """Put back what went from each database here; returns the rows of old names by alias. Raises DatabaseError."""
    return {
        alias: int(_ask(ride, "unretire", alias, manifest, kept=json.loads(path.read_bytes())))
        for path in sorted(_rows(acts).glob("*.json"))
        for alias in [unquote(path.stem)]
    }


def _keep(acts: Acts, alias: str, found: Mapping[str, Any]) -> None:
    """Write the copy; what an earlier go had taken already stays in it."""
    path = _rows(acts) / f"{file_name_of(alias)}.json"
    known = json.loads(path.read_bytes()) if path.is_file() else {}
    merged = {
        schema: {
            kind: [*before, *(row for row in now if row not in before)]
            for kind in ("rows", "backup")
            for before, now in [(known.get(schema, {}).get(kind, []), found.get(schema, {}).get(kind, []))]
        }
        for schema in {**known, **found}
    }
    durable.write_file(path, json.dumps(merged).encode())


def _rows(acts: Acts) -> Path:
    return acts.folder / "rows"


def _ask(ride: Ride, what: str, alias: str, manifest: Manifest, **more: Any) -> Any:
    try:
        return ride.guest.call(what, alias=alias, manifest=manifest.to_dict(), **more)
    except GuestError as error:
        raise histories.refusal(ride, alias, error, "Nothing was changed there.") from error
