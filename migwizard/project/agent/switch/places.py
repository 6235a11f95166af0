"""Where histories are: each alias of the settings with its schemas, each database once."""

from __future__ import annotations

import os
import typing
from urllib.parse import parse_qs, unquote

from django.db import Error

from .backup import Backup
from .history import HISTORY, History, Row
from .tenants import check_schemas, tenant_schemas
from .words import Keys


class Place(typing.NamedTuple):
    """One history: an alias and, on PostgreSQL, a schema; None is the one that the connection leads to."""

    alias: str
    schema: typing.Optional[str] = None

    def __str__(self) -> str:
        return f"'{self.alias}'" + (f", schema '{self.schema}'" if self.schema else "")


class Same(typing.NamedTuple):
    """An alias that leads to a database which another alias stands for already; `copy` where it is a replica of it."""

    alias: str
    other: str
    copy: bool


def places_of(connection: typing.Any, schemas: typing.Sequence[str] = ()) -> typing.List[Place]:
    """The histories behind one connection: those of the named schemas, else of all tenants, else the one.

    Raises SwitchError (MW-E21) for a schema that is not there.
    """
    if schemas:
        check_schemas(connection, schemas)
    found = schemas or tenant_schemas(connection)
    return [Place(connection.alias, schema) for schema in found] if found else [Place(connection.alias)]


def why_none(database: typing.Mapping[str, typing.Any]) -> str:
    """Why the settings of an alias lead to no database that could hold a history; empty where they lead to one."""
    engine = str(database.get("ENGINE") or "")
    if not engine or engine == "django.db.backends.dummy":
        return "has no engine in the settings; there is nothing to switch"
    return ""


def lost_file(database: typing.Mapping[str, typing.Any]) -> str:
    """The file that an SQLite database is by its settings, where there is none: connecting would make it. Else empty."""
    engine = str(database.get("ENGINE") or "")
    path = sqlite_file(database)[0] if "sqlite" in engine or "spatialite" in engine else ""
    return "" if os.path.exists(path) else path


def sqlite_file(database: typing.Mapping[str, typing.Any]) -> typing.Tuple[str, str]:
    """The file that an SQLite database of the settings is, and the parameters of its URI; no file where it is memory.

    Django always lets SQLite read a NAME that begins with `file:` as a URI (https://www.sqlite.org/uri.html), and what
    OPTIONS say of the `database` counts for more than NAME.
    """
    name = str((database.get("OPTIONS") or {}).get("database") or database.get("NAME") or "")
    if not name.startswith("file:"):
        return "" if ":memory:" in name else name, ""
    path, _, parameters = name[len("file:") :].partition("#")[0].partition("?")
    if path.startswith("//"):
        path = "/" + path[2:].partition("/")[2]
    how = parse_qs(parameters)
    in_memory = how.get("mode") == ["memory"] or how.get("vfs") == ["memdb"] or ":memory:" in path
    return "" if in_memory else unquote(path), parameters


def identity(connection: typing.Any) -> typing.Tuple[typing.Any, ...]:
    """What tells one database from another, whatever name, user or address leads to it; a replica has its primary's."""
    history = History(connection, None)
    if history.vendor == "sqlite":
        path, _ = sqlite_file(connection.settings_dict)
        return ("sqlite", os.path.realpath(path or str(connection.settings_dict["NAME"])))
    if history.vendor == "mysql":
        return ("mysql", *history.query("SELECT @@hostname, @@port, @@datadir, DATABASE()")[0])
    try:
        server = history.query("SELECT system_identifier::text FROM pg_control_system()")[0]
    except Error:
        server = history.query("SELECT inet_server_addr()::text, inet_server_port()::text")[0]
    return ("postgresql", *server, *history.query("SELECT current_database()")[0], history.schema)


def tell_apart(connections: typing.Any, aliases: typing.Sequence[str], run_id: str) -> typing.List[Same]:
    """Which of these aliases lead to a database that another of them stands for.

    Two that the server says are one; and a mirror of the settings (`TEST: {MIRROR}`, as Django has replicas declared)
    whose history is its origin's row by row, with the same ids and times, or was until the switch of this run. Of a pair
    that is one, a mirror gives way, and what only reads.
    """
    found: typing.List[Same] = []
    standing: typing.Dict[typing.Tuple[typing.Any, ...], str] = {}
    mirrored = {alias: str((connections.settings[alias].get("TEST") or {}).get("MIRROR") or "") for alias in aliases}
    for alias in sorted(aliases, key=lambda alias: (mirrored[alias] != "", _only_reads(connections[alias]))):
        known, origin = identity(connections[alias]), mirrored[alias]
        if known in standing:
            found.append(Same(alias, standing[known], _only_reads(connections[alias])))
        elif origin in standing.values() and _follows(connections[alias], connections[origin], run_id):
            found.append(Same(alias, origin, True))
        else:
            standing[known] = alias
    return found


def _only_reads(connection: typing.Any) -> bool:
    return connection.vendor == "postgresql" and History(connection, None).query("SELECT pg_is_in_recovery()") == [
        (True,)
    ]


def _follows(mirror: typing.Any, origin: typing.Any, run_id: str) -> bool:
    """Whether the history of a mirror is that of its origin, now or, where it lags behind, before the switch."""
    history = History(origin, None)
    backup, rows = Backup(history), _rows(mirror)
    return rows == _rows(origin) or (backup.readable() and rows == backup.saved(run_id, "old"))


def recorded_in(connection: typing.Any, place: Place) -> Keys:
    """All migrations that one history records."""
    return [row.key for row in _rows(connection, place.schema)]


def _rows(connection: typing.Any, schema: typing.Optional[str] = None) -> typing.List[Row]:
    history = History(connection, schema)
    return history.rows() if HISTORY in history.tables() else []
