"""The project's own makemigrations, once a batch level: what it would write by itself, and what it is told to write."""

from __future__ import annotations

import io
import os
import sys
from collections import Counter
from typing import Any, Callable

from . import histories
from .operations import autodetector_class, detect, makemigrations_class, parts, quiet_questioner, target_state

_STOCK = "django.core.management.commands.makemigrations"


def _run(labels: list[str], autodetector: Any, *, check: bool) -> None:
    """Call the project's command with another autodetector (an attribute since Django 5.2, before that a module's name)."""
    from django.core.management import call_command

    base = makemigrations_class()
    command = type("Command", (base,), {"autodetector": autodetector})()
    replaced = [
        place
        for place in {id(module): module for module in (sys.modules[base.__module__], sys.modules[_STOCK])}.values()
        if hasattr(place, "MigrationAutodetector")
    ]
    saved = [place.MigrationAutodetector for place in replaced]
    for place in replaced:
        vars(place)["MigrationAutodetector"] = autodetector
    try:
        call_command(command, *labels, interactive=False, verbosity=0, stdout=io.StringIO(), check_changes=check)
    finally:
        for place, original in zip(replaced, saved):
            vars(place)["MigrationAutodetector"] = original


def _captured(labels: list[str], target: Callable[[], Any] | None = None) -> dict[str, list[Any]]:
    """The migrations that the project's makemigrations would write now, by app label; writes nothing.

    `target` gives another state to build than the models'. With labels, nothing is asked (see `quiet_questioner`).
    """
    found: dict[str, list[Any]] = {}

    base: Any = autodetector_class()

    class Literal(base):
        def __init__(self, from_state: Any, to_state: Any, questioner: Any = None) -> None:
            super().__init__(
                from_state, to_state if target is None else target(), quiet_questioner() if labels else questioner
            )

        def changes(self, *args: Any, **kwargs: Any) -> dict[str, list[Any]]:
            found.update(super().changes(*args, **kwargs))
            return {}

    _run(labels, Literal, check=True)
    return found


def check_changes(
    start: dict[str, Any], emit: Any, folders: dict[str, str | None] | None = None
) -> dict[str, list[str]]:
    """What `makemigrations --check` finds: a line for each operation it would write, by app label."""
    if folders:
        histories.use(folders)
    changes = _captured([])
    return {
        app: [operation.describe() for migration in migrations for operation in migration.operations]
        for app, migrations in sorted(changes.items())
    }


def _text(migration: Any) -> str:
    from django.db.migrations.writer import MigrationWriter

    return str(MigrationWriter(migration).as_string())


def _fix_header_clock(timestamp: str) -> None:
    """Let MigrationWriter's header say the time of the reset, so that the same decisions give the same bytes."""
    import datetime

    from django.db.migrations import writer

    moment = datetime.datetime.fromisoformat(timestamp)
    vars(writer)["now"] = lambda: moment


def _no_formatter() -> None:
    """Formatting each level anew costs seconds a level; files are formatted once, at the end, or not."""
    for name in (_STOCK, makemigrations_class().__module__):
        if hasattr(sys.modules[name], "run_formatters"):
            vars(sys.modules[name])["run_formatters"] = lambda *args, **kwargs: None


def generate(
    start: dict[str, Any],
    emit: Any,
    labels: list[str],
    source: str,
    levels: list[list[dict[str, Any]]],
    staging: dict[str, str],
    timestamp: str,
    replaced: dict[str, dict[str, list[str]]],
    folders: dict[str, str | None] | None = None,
) -> list[dict[str, Any]]:
    """Write the batches of every level into staging with the project's makemigrations.

    `levels` holds batches {app, name, operations: [ids], dependencies, deferred: [ids]}; `staging` the folder of each
    label; `replaced` the models ("app.model") whose table hand-written SQL makes, with the SQL. Returns for each level
    its command line, and for each batch the literal and the written text with the parts of both.
    """
    if folders:
        histories.use(folders)
    found, _ = detect(set(labels), source)
    by_id = {
        "{}:{}".format(app, index): operation
        for app, operations in found.items()
        for index, operation in enumerate(operations)
    }
    # Taken before the old files are hidden: later the loader sees staging only.
    target = target_state(source).clone if source == "history" else None
    _fix_header_clock(timestamp)
    _no_formatter()
    _lead_named_to_first(set(labels))
    report = []
    written: set[str] = set()
    for number, batches in enumerate(levels):
        apps = [batch["app"] for batch in batches]
        visible = written | set(apps)
        histories.use({label: staging[label] if label in visible else histories.ABSENT for label in labels})
        literal = _captured(apps, target)
        migrations = {batch["app"]: [_build(batch, by_id, replaced)] for batch in batches}
        _run(apps, _prepared(migrations), check=False)
        report.append(_level_report(apps, batches, literal, migrations, staging, by_id))
        written |= set(apps)
        emit(level=number, of=len(levels), apps=apps)
    return report


def _lead_named_to_first(labels: set[str]) -> None:
    """Let a neighbour that names an old migration of `labels` depend on the app's first one while the old are hidden.

    The finished new history needs no such help: there a new migration stands in for the named one.
    """
    from django.db.migrations.loader import MigrationLoader

    original = MigrationLoader.check_key

    def check_key(loader: Any, key: tuple[str, str], current_app: str) -> Any:
        known = key in loader.disk_migrations or key[1].startswith("__")
        if key[0] in labels and current_app not in labels and not known:
            key = (key[0], "__first__")
        return original(loader, key, current_app)

    vars_of_class: Any = MigrationLoader
    vars_of_class.check_key = check_key


def _prepared(migrations: dict[str, list[Any]]) -> Any:
    """An autodetector that finds just these migrations."""

    base: Any = autodetector_class()

    class Prepared(base):
        def changes(self, *args: Any, **kwargs: Any) -> dict[str, list[Any]]:
            return migrations

    return Prepared


def _build(batch: dict[str, Any], by_id: dict[str, Any], replaced: dict[str, dict[str, list[str]]]) -> Any:
    from django.db.migrations import Migration
    from django.db.migrations.optimizer import MigrationOptimizer

    operations = MigrationOptimizer().optimize([by_id[key] for key in batch["operations"]], batch["app"])
    operations = [_wrap(operation, batch["app"], replaced) for operation in operations]
    body = {
        "operations": operations,
        "dependencies": [tuple(key) for key in batch["dependencies"]],
        "initial": True,
        "replaces": [tuple(key) for key in batch.get("replaces", [])],
    }
    return type("Migration", (Migration,), body)(batch["name"], batch["app"])


def _wrap(operation: Any, app: str, replaced: dict[str, dict[str, list[str]]]) -> Any:
    """Keep an operation to the state where hand-written SQL makes the table of its model."""
    from django.db.migrations.operations import RunSQL, SeparateDatabaseAndState

    model = str(getattr(operation, "model_name", None) or getattr(operation, "name", "")).lower()
    sql = replaced.get("{}.{}".format(app, model))
    if sql is None:
        return operation
    if type(operation).__name__ != "CreateModel":
        return SeparateDatabaseAndState(state_operations=[operation])
    return SeparateDatabaseAndState(
        database_operations=[RunSQL(sql=sql["sql"], reverse_sql=sql["reverse"])], state_operations=[operation]
    )


def _level_report(
    apps: list[str],
    batches: list[dict[str, Any]],
    literal: dict[str, list[Any]],
    migrations: dict[str, list[Any]],
    staging: dict[str, str],
    by_id: dict[str, Any],
) -> dict[str, Any]:
    files = []
    for batch in batches:
        app = batch["app"]
        would = literal.get(app, [])
        deferred = Counter(parts([by_id[key] for key in batch["deferred"]]))
        mine = Counter(parts(_unwrapped(migrations[app][0].operations)))
        theirs = Counter(parts([operation for migration in would for operation in migration.operations]))
        with open(os.path.join(staging[app], batch["name"] + ".py"), encoding="utf-8") as stream:
            written = stream.read()
        files.append(
            {
                "app": app,
                "name": batch["name"],
                "literal": [{"name": migration.name, "text": _text(migration)} for migration in would],
                "written": written,
                "parts": sorted(mine.elements()),
                # Parts that the literal file and the batch with its deferred parts do not share: must be empty.
                "unexplained": sorted(((theirs - mine - deferred) + (mine + deferred - theirs)).elements()),
            }
        )
    return {"command": "manage.py makemigrations " + " ".join(apps), "apps": apps, "files": files}


def _unwrapped(operations: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for operation in operations:
        flat += operation.state_operations if hasattr(operation, "state_operations") else [operation]
    return flat
