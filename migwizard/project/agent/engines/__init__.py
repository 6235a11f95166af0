"""What differs from engine to engine, behind one interface: a module for each, chosen by the project's settings."""

from __future__ import annotations

from typing import Any

from ..failure import AgentError
from . import sqlite
from .snapshot import Snapshot

__all__ = ["Engine", "Snapshot", "engine_of", "is_sqlite"]

Engine = Any
"""A module with

`scratch_settings(real, path)`: settings of the scratch database `path`, made from the settings of the real one;
`prepare(connection, clock_shift)`: called once for each connection to it that was just opened;
`raw(connection)`: a function (sql, params) -> rows, past Django's cursors, with the driver's own parameter style;
`read_catalogue(connection)` and `read_rows(connection, catalogue)`: everything in it, as JSON can carry it;
`mark(connection)`: equal at two moments only if nothing was written between them;
`snapshot(connection)`: rows and objects at this moment;
`keyed_rows(connection, table)`: the stored rows of one table, each with the key under which a snapshot knows it.
"""


def is_sqlite(real: dict[str, Any]) -> bool:
    engine = real.get("ENGINE", "")
    return "sqlite" in engine or "spatialite" in engine


def engine_of(real: dict[str, Any]) -> Engine:
    """The engine of a database by its settings. Raises AgentError("engine") where there is no module for it."""
    if is_sqlite(real):
        return sqlite
    raise AgentError("engine", "Scratch databases of {} cannot be made yet.".format(real.get("ENGINE", "")))
