"""Run a whole history from zero on a scratch database, through the project's own migrate command."""

from __future__ import annotations

import io
import os
import shutil
import time
from typing import Any

from . import histories, load, sources
from .engines import engine_of
from .failure import AgentError, place, sentence
from .observe import Observer
from .outside import keep_away


def open_scratch(alias: str, path: str, clock_shift: float = 0.0) -> Any:
    """Lead every alias to nowhere but `alias` to the scratch database `path`, and return its connection."""
    from django.db import connections
    from django.db.backends.signals import connection_created

    real = load.REAL_DATABASES[alias]
    engine = engine_of(real)
    databases = {key: load.scratch_database(other) for key, other in load.REAL_DATABASES.items()}
    databases[alias] = engine.scratch_settings(real, path)
    load.use_databases(databases)

    def prepare(connection: Any, **_: Any) -> None:
        if connection.alias == alias:
            engine.prepare(connection, clock_shift)

    connection_created.connect(prepare, weak=False)
    return connections[alias]


def migrate(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    path: str,
    labels: list[str],
    folders: dict[str, str | None] | None = None,
    observe: bool = False,
    seed: int = 0,
) -> dict[str, Any]:
    """Migrate the SQLite file `path`, which must not exist, from zero; return what is in it then.

    With `observe` every operation that no autodetector writes is watched. Raises AgentError("migrate") naming the
    operation that failed.
    """
    import random

    from django.core.management import call_command

    if os.path.exists(path):
        raise AgentError("scratch", "The scratch database {} exists already.".format(path))
    if folders:
        histories.use(folders)
    outside, media = keep_away(start["root"], path)
    random.seed(seed)
    connection = open_scratch(alias, path, start.get("clock_shift") or 0.0)
    engine = engine_of(load.REAL_DATABASES[alias])
    observer = Observer(engine, connection, set(labels), observe, emit, outside)
    began = time.monotonic()
    with observer:
        try:
            call_command(
                "migrate", database=alias, interactive=False, verbosity=0, stdout=io.StringIO(), stderr=io.StringIO()
            )
        except (Exception, SystemExit) as error:
            cause = _first(error)
            raise AgentError(
                "migrate",
                "{} failed: {}".format(observer.current_name() or "migrate", sentence(cause)),
                operation=observer.current,
                where=place(cause, start["root"]),
            ) from error
    seconds = time.monotonic() - began
    catalogue = engine.read_catalogue(connection)
    rows = engine.read_rows(connection, catalogue)
    result = {"seconds": seconds, "catalogue": catalogue, "rows": rows, "applied": observer.applied}
    outside.close()
    result["sources"] = sorted({*sources.names(start["root"]), *outside.read})
    if observe:
        result["observations"] = observer.report()
    connection.close()
    shutil.rmtree(media, ignore_errors=True)
    return result


def _first(error: BaseException) -> BaseException:
    """The failure itself: checking the constraints of a broken transaction fails in turn, and hides it."""
    from django.db.transaction import TransactionManagementError

    while isinstance(error, TransactionManagementError) and error.__context__ is not None:
        error = error.__context__
    return error
