"""Run a whole history from zero on a scratch database, through the project's own migrate command."""

from __future__ import annotations

import io
import shutil
import time
from typing import Any

from . import histories, scratch, sources
from .failure import AgentError, place, sentence
from .observe import Observer
from .outside import keep_away


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
    """Migrate the scratch database `path`, which must not exist, from zero; return what is in it then.

    With `observe` every operation that no autodetector writes is watched. Raises AgentError("migrate") naming the
    operation that failed.
    """
    import random

    from django.core.management import call_command

    scratch.create(start, alias, path)
    if folders:
        histories.use(folders)
    outside, media = keep_away(start["root"], path)
    random.seed(seed)
    connection = scratch.open_scratch(start, alias, path, start.get("clock_shift") or 0.0)
    engine = scratch.engine_at(alias)
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
                " ".join(
                    filter(
                        None,
                        [
                            "{} failed: {}".format(observer.current_name() or "migrate", sentence(cause)),
                            engine.hint(cause),
                        ],
                    )
                ),
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
