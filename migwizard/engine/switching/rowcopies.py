"""The copy of what a switch keeps of django_migrations, beside the backup table in the database itself.

It stands in where that table is lost. It says of which run and database it is, and how many rows it holds; a hash shows
that nobody changed it. Whether the database is the one that was switched shows in its rows, which undo compares.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from migwizard.engine.ride import Ride, fingerprint
from migwizard.engine.surviving import durable
from migwizard.engine.switching import identity
from migwizard.errors import DatabaseError
from migwizard.paths import file_name_of
from migwizard.stored import parse

FORMAT = 1
REPLACES = ("MW-E30", "MW-E31")
"""Refusals of an undo that lacks the table, or the rows of this run in it."""

Rows = list[list[Any]] | dict[str, list[list[Any]]]
"""[kind, id, app, name, applied] each, as the report of a switch holds them; with tenants a list by schema."""

_USED = "databases whose rows come from their copies"


def keep(ride: Ride, alias: str, rows: Rows) -> None:
    """Keep all that the backup table holds of this run; schemas that were switched before stay with those of now."""
    if isinstance(rows, dict) and is_kept(ride, alias):
        with contextlib.suppress(DatabaseError):
            before = load(ride, alias)
            rows = (before if isinstance(before, dict) else {}) | rows
    content = {
        "format": FORMAT,
        "run_id": ride.checkpoint.run_id,
        "database": alias,
        "identity": identity.of(ride, alias),
        "count": len(_flat(rows)),
        "rows": rows,
    }
    durable.write_file(_path(ride, alias), json.dumps(content | {"sha256": _hash(content)}).encode())


def is_kept(ride: Ride, alias: str) -> bool:
    """Whether something lies where the copy belongs, whatever it is."""
    return _path(ride, alias).exists()


def load(ride: Ride, alias: str) -> Rows:
    """The rows of the copy. Raises DatabaseError where there is none, or it is not whole, or of another run or database."""
    path = _path(ride, alias)
    where = path.relative_to(ride.project.root)
    try:
        content = parse(path.read_bytes())
        rows: Rows = content["rows"]
        whole = content.pop("sha256") == _hash(content) and content["count"] == len(_flat(rows))
    except FileNotFoundError:
        raise _useless(alias, f"{where} is not there") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _useless(alias, f"{where} cannot be read") from None
    if not whole or content["format"] != FORMAT:
        raise _useless(alias, f"{where} was changed after it was written")
    if (content["run_id"], content["database"]) != (ride.checkpoint.run_id, alias):
        raise _useless(alias, f"{where} is of another run or database")
    return rows


def old_rows(rows: Rows, apps: set[str]) -> int:
    """How many rows of these apps the switch took out; those on top stayed."""
    return sum((kind == "old") - (kind == "top") for kind, _, app, *_ in _flat(rows) if app in apps)


def _flat(rows: Rows) -> list[list[Any]]:
    """The rows of all schemas."""
    return [row for of_schema in rows.values() for row in of_schema] if isinstance(rows, dict) else rows


def use(ride: Ride, alias: str) -> None:
    """Take the rows from the copy from now on: a person said so."""
    ride.facts.setdefault(_USED, set()).add(alias)


def used(ride: Ride, alias: str) -> Rows | None:
    """The rows of the copy where a person said to take them from it. Raises as `load` does."""
    return load(ride, alias) if alias in ride.facts.get(_USED, ()) else None


def _path(ride: Ride, alias: str) -> Path:
    """Where the copy of a database lies: under its alias, unless that one's is of another database to which the alias led before."""
    here, name = identity.of(ride, alias), file_name_of(alias)
    path = ride.workplace.folder / "rows" / f"{name}.json"
    return path if _whose(path) in ("", here) else path.with_name(f"{name}.{fingerprint(here)[:8]}.json")


def _whose(path: Path) -> str:
    """The database of which a copy is; empty where there is none, or where it does not tell."""
    try:
        return str(parse(path.read_bytes()).get("identity", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _hash(content: dict[str, Any]) -> str:
    return durable.sha256(json.dumps(content, sort_keys=True).encode())


def _useless(alias: str, why: str) -> DatabaseError:
    return DatabaseError(
        f"The JSON copy of the rows of {alias} cannot be used: {why}. Nothing was changed.",
        code="row-copy",
        details={"alias": alias},
    )
