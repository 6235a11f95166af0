"""Run a whole history from zero on a scratch database, through the project's own migrate command."""

from __future__ import annotations

import io
import os
import shutil
import time
import weakref
from contextlib import contextmanager
from typing import Any, Iterator

from . import histories, scratch, sources, tenants
from .counting import Counting
from .failure import AgentError, is_installed, place, sentence
from .observe import Observer
from .outside import keep_away
from .rendering import Rendering, can_be_lazy


def migrate(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    path: str,
    labels: list[str],
    folders: dict[str, str | None] | None = None,
    without: histories.Without = (),
    observe: bool = False,
    seed: int = 0,
    lazy: bool = False,
) -> dict[str, Any]:
    """Migrate the scratch database `path`, which must not exist, from zero; return what is in it then.

    Where migrations are left out (`without`) the models of today may know more than the tables: there no handler runs
    after migrate but Django's own. A database of tenants gets the apps of all kinds of schemas in one. With `observe` every
    operation that no autodetector writes is watched. With `lazy` models are rendered when an operation asks for them, where
    the engine is Django's own. `rendered` is how many model classes the stock migrate renders. Raises AgentError("migrate")
    naming the operation that failed.
    """
    import random

    from django.core.management import call_command

    _let_others_go_first()
    scratch.create(start, alias, path)
    tenants.join_schemas()
    histories.look_at(folders, without)
    if without:
        _leave_djangos_handlers()
    outside, media = keep_away(start["root"], path)
    random.seed(seed)
    connection = scratch.open_scratch(start, alias, path, start.get("clock_shift") or 0.0)
    engine = scratch.engine_at(alias)
    observer = Observer(engine, connection, set(labels), observe, emit, outside)
    rendering = Rendering() if lazy and can_be_lazy(connection) else Counting()
    began = time.monotonic()
    with rendering, observer, failures_told(observer, engine, start["root"]):
        call_command(
            "migrate", database=alias, interactive=False, verbosity=0, stdout=io.StringIO(), stderr=io.StringIO()
        )
    seconds = time.monotonic() - began
    catalogue = engine.read_catalogue(connection)
    rows = engine.read_rows(connection, catalogue)
    result = {"seconds": seconds, "catalogue": catalogue, "rows": rows, "applied": observer.applied}
    result.update(lazy=isinstance(rendering, Rendering), rendered=rendering.classes)
    outside.close()
    result["sources"] = sorted({*sources.names(start["root"]), *outside.read})
    if observe:
        result["observations"] = observer.report()
    connection.close()
    shutil.rmtree(media, ignore_errors=True)
    return result


@contextmanager
def failures_told(observer: Observer, engine: Any, root: str) -> Iterator[None]:
    """Raise AgentError("migrate"), which names the operation, for whatever a history raises."""
    try:
        yield
    except (Exception, SystemExit) as error:
        cause, where = _first(error), place(_first(error), root)
        if where is None or is_installed(where["file"]):
            where = observer.place() or where  # SQL of a migration fails in the driver, which is not to blame
        said = "{} failed: {}".format(observer.current_name() or "migrate", sentence(cause))
        raise AgentError(
            "migrate",
            " ".join(filter(None, [said, engine.hint(cause)])),
            operation=observer.current,
            where=where,
        ) from error


def _let_others_go_first() -> None:
    """Whoever presses a key while histories run on all cores waits for no history."""
    if hasattr(os, "nice"):
        os.nice(10)


def _leave_djangos_handlers() -> None:
    """Let no other handler hear of a migrate: it would look for what the models of today have."""
    from django.db.models.signals import post_migrate, pre_migrate

    for signal in (pre_migrate, post_migrate):
        signal.receivers = [entry for entry in signal.receivers if _module_of(entry[1]).startswith("django.")]
        signal.sender_receivers_cache.clear()


def _module_of(receiver: Any) -> str:
    found = receiver() if isinstance(receiver, weakref.ReferenceType) else receiver
    return str(getattr(found, "__module__", None) or "")


def _first(error: BaseException) -> BaseException:
    """The failure itself: checking the constraints of a broken transaction fails in turn, and hides it."""
    from django.db.transaction import TransactionManagementError

    while isinstance(error, TransactionManagementError) and error.__context__ is not None:
        error = error.__context__
    return error
