"""What differs from engine to engine, behind one interface: a module for each, chosen by the project's settings."""

from __future__ import annotations

from typing import Any

from ..failure import AgentError
from . import mysql, postgresql, sqlite
from .snapshot import Snapshot

__all__ = ["Engine", "Snapshot", "engine_of", "is_sqlite"]

Engine = Any
"""A module with

`create(place, path, owner, use, source, like)`: make the scratch database that stands for the file `path`, of the process
`owner`, on the server of the settings `place`; empty, or a copy of that for `source`. `like` are the settings of the real
database, where that is on another server;
`scratch_settings(place, path, owner)`: settings that lead to it;
`sweep(place, owner, use)`: remove those of this process and of dead ones, and return their names;
`server_version(place, use)`: what the server says of itself; none for SQLite;
`prepare(connection, clock_shift)`: called once for each connection to it that was just opened;
`raw(connection)`: a function (sql, params) -> rows, past Django's cursors, with the driver's own parameter style;
`read_catalogue(connection)` and `read_rows(connection, catalogue)`: everything in it, as JSON can carry it;
`mark(connection)`: equal at two moments only if nothing was written between them;
`snapshot(connection)`: rows and objects at this moment;
`keyed_rows(connection, table)`: the stored rows of one table, each with the key under which a snapshot knows it;
`COMPARED`, if there: kinds of statements (see `statements.unseen`) whose effect its catalogue shows;
`hint(error)`: what a person can do about a failed history, where the error itself does not say it.
"""


def is_sqlite(real: dict[str, Any]) -> bool:
    engine = real.get("ENGINE", "")
    return "sqlite" in engine or "spatialite" in engine


def is_postgresql(real: dict[str, Any]) -> bool:
    engine = real.get("ENGINE", "")
    return "postgresql" in engine or "postgis" in engine or _says(engine, "postgresql")


def is_mysql(real: dict[str, Any]) -> bool:
    """MySQL or MariaDB, which are one engine to Django."""
    engine = real.get("ENGINE", "")
    return "mysql" in engine or _says(engine, "mysql")


def _says(engine: str, vendor: str) -> bool:
    """Whether Django says so of it: engines of packages are built on Django's own, whatever they are called."""
    try:
        from django.db.utils import load_backend

        return bool(load_backend(engine).DatabaseWrapper.vendor == vendor)
    except Exception:
        return False


def vendor_of(real: dict[str, Any]) -> str:
    """ "sqlite", "postgresql", "mysql", or "other" for an engine without a module here."""
    kinds = (("sqlite", is_sqlite), ("postgresql", is_postgresql), ("mysql", is_mysql))
    return next((vendor for vendor, fits in kinds if fits(real)), "other")


def engine_of(real: dict[str, Any]) -> Engine:
    """The engine of a database by its settings. Raises AgentError("engine") where there is no module for it."""
    engines = {"sqlite": sqlite, "postgresql": postgresql, "mysql": mysql}
    vendor = vendor_of(real)
    if vendor not in engines:
        raise AgentError("engine", "Scratch databases of {} cannot be made yet.".format(real.get("ENGINE", "")))
    return engines[vendor]
