"""Scratch databases: made, opened and removed; every other alias of the project leads nowhere meanwhile."""

from __future__ import annotations

import os
from typing import Any

from . import given, load
from .engines import Engine, engine_of
from .failure import AgentError, sentence
from .places import place_of, where_of


def engine_at(alias: str) -> Engine:
    """The engine of the database that the settings name `alias`. Raises AgentError("engine")."""
    return engine_of(load.REAL_DATABASES[alias])


def create(start: dict[str, Any], alias: str, path: str) -> None:
    """Make the empty scratch database `path`, which must not exist. Raises AgentError("scratch")."""
    _create(start, alias, path)


def copy(start: dict[str, Any], emit: Any, alias: str, source: str, path: str) -> None:
    """Make the scratch database `path` as a copy of the scratch database `source`, to which nobody is connected.

    One that was given stands for `path` from now on, and for `source` no more: there are few of them.
    """
    if given.is_given(start, alias):
        given.hand_over(start, alias, source, path, _using(alias))
        return
    _create(start, alias, path, source)


def _create(start: dict[str, Any], alias: str, path: str, source: str | None = None) -> None:
    use, real = _using(alias), load.REAL_DATABASES[alias]
    if given.is_given(start, alias):
        given.take(start, alias, path, use)
        return
    place = place_of(start, alias, use)
    engine_at(alias).create(place, path, start["owner"], use, source, real if where_of(start, alias) else None)


def open_scratch(start: dict[str, Any], alias: str, path: str, clock_shift: float = 0.0) -> Any:
    """Lead every alias to nowhere but `alias` to the scratch database `path`, and return its connection."""
    from django.db.backends.signals import connection_created

    engine = engine_at(alias)

    def prepare(connection: Any, **_: Any) -> None:
        if connection.alias == alias:
            engine.prepare(connection, clock_shift)

    connection_created.connect(prepare, weak=False)
    use = _using(alias)
    if given.is_given(start, alias):
        return use(given.settings_of(start, alias, path, use))
    return use(engine.scratch_settings(place_of(start, alias, use), path, start["owner"]))


def _using(alias: str) -> Any:
    """A function that leads `alias` to some settings, all others to nowhere, and returns the connection."""

    def use(settings: dict[str, Any]) -> Any:
        from django.db import connections

        databases = {key: load.scratch_database(real) for key, real in load.REAL_DATABASES.items()}
        databases[alias] = settings
        load.use_databases(databases)
        return connections[alias]

    return use


def try_scratch(start: dict[str, Any], emit: Any, alias: str, path: str, living: list[int] | None = None) -> str:
    """Make a scratch database and remove it again; returns where it was. Raises AgentError("scratch"), ("unreachable")."""
    from django.db.utils import Error

    if given.is_given(start, alias):
        return given.look(start, alias, _using(alias))
    create(start, alias, path)
    connection = open_scratch(start, alias, path)
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE looked (id integer)")
    except Error as error:
        raise AgentError("scratch", "No scratch database can be made: {}.".format(sentence(error))) from error
    finally:
        connection.close()
        sweep(start, emit, alias, living)
    if os.path.isfile(path):
        os.unlink(path)
    return _named(place_of(start, alias, _using(alias)))


def _named(place: dict[str, Any]) -> str:
    where = ":".join(map(str, filter(None, [place.get("HOST") or "its server", place.get("PORT")])))
    return "{}, as {}".format(where, place.get("USER") or "the user of the settings")


def release(start: dict[str, Any], emit: Any, alias: str, path: str) -> None:
    """Empty a database that was given and that nobody needs for `path` any more; others stay until the ride is over."""
    if given.is_given(start, alias):
        given.release(start, alias, path, _using(alias))


def describe(start: dict[str, Any], emit: Any, alias: str) -> dict[str, Any]:
    """Where scratch databases are made, the version of that server, and of the project's own where it can be read.

    `there` are extensions that databases have already.
    Raises AgentError("scratch"), ("unreachable").
    """
    use, engine = _using(alias), engine_at(alias)
    named: str | None = None
    there: list[str] = []
    if given.is_given(start, alias):
        named, there = given.names(start, alias), given.there_already(start, alias, use)
    place = place_of(start, alias, use)
    found = {"where": named or _named(place), "version": engine.server_version(place, use), "own": None, "there": there}
    try:
        found["own"] = engine.server_version(load.REAL_DATABASES[alias], use)
    except AgentError:
        # Nobody needs it for the proof.
        return found
    return found


def sweep(start: dict[str, Any], emit: Any, alias: str, living: list[int] | None = None) -> list[str]:
    """Remove all scratch databases of this process, and those that killed ones left. Returns their names."""
    owner = dict(start["owner"], living=living)
    use = _using(alias)
    if given.is_given(start, alias):
        return given.sweep(start, alias, owner, use)
    return list(engine_at(alias).sweep(place_of(start, alias, use), owner, use))
