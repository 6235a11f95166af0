"""Scratch databases: made, opened and removed; every other alias of the project leads nowhere meanwhile."""

from __future__ import annotations

import os
from typing import Any

from . import load
from .engines import Engine, engine_of
from .failure import AgentError, sentence


def engine_at(alias: str) -> Engine:
    """The engine of the database that the settings name `alias`. Raises AgentError("engine")."""
    return engine_of(load.REAL_DATABASES[alias])


def create(start: dict[str, Any], alias: str, path: str) -> None:
    """Make the empty scratch database `path`, which must not exist. Raises AgentError("scratch")."""
    engine_at(alias).create(load.REAL_DATABASES[alias], path, start["owner"], _using(alias))


def copy(start: dict[str, Any], emit: Any, alias: str, source: str, path: str) -> None:
    """Make the scratch database `path` as a copy of the scratch database `source`, to which nobody is connected."""
    engine_at(alias).create(load.REAL_DATABASES[alias], path, start["owner"], _using(alias), source)


def open_scratch(start: dict[str, Any], alias: str, path: str, clock_shift: float = 0.0) -> Any:
    """Lead every alias to nowhere but `alias` to the scratch database `path`, and return its connection."""
    from django.db.backends.signals import connection_created

    engine = engine_at(alias)

    def prepare(connection: Any, **_: Any) -> None:
        if connection.alias == alias:
            engine.prepare(connection, clock_shift)

    connection_created.connect(prepare, weak=False)
    return _using(alias)(engine.scratch_settings(load.REAL_DATABASES[alias], path, start["owner"]))


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
    real = load.REAL_DATABASES[alias]
    return "{}, as {}".format(real.get("HOST") or "its server", real.get("USER") or "the user of the settings")


def sweep(start: dict[str, Any], emit: Any, alias: str, living: list[int] | None = None) -> list[str]:
    """Remove all scratch databases of this process, and those that killed ones left. Returns their names."""
    owner = dict(start["owner"], living=living)
    return list(engine_at(alias).sweep(load.REAL_DATABASES[alias], owner, _using(alias)))
