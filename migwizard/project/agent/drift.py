"""Drift: what the models have and no migration has yet; and, folded in, as migrations on top of the new history."""

from __future__ import annotations

import io
import shutil
import time
from typing import Any

from . import histories, tenants
from .command import Inside, inside_makemigrations, no_formatter
from .failure import AgentError, place, sentence
from .makemigrations import described, fix_header_clock
from .outside import keep_away
from .scratch import engine_at, open_scratch
from .switch.files import graph_consistency
from .switch.procedures import switch
from .switch.refusal import SwitchError

LOSING = ("RemoveField", "DeleteModel")


def drift(start: dict[str, Any], emit: Any, labels: list[str], folders: dict[str, str | None] | None = None) -> Any:
    """What `makemigrations` would write now, what it would ask about it, and which operations on `labels` lose values.

    `changes` is as `check_changes` gives it.
    """
    histories.look_at(folders)

    def work(inside: Inside) -> dict[str, Any]:
        changes = inside.find()
        own = [
            operation
            for app, migrations in sorted(changes.items())
            if app in labels
            for migration in migrations
            for operation in migration.operations
        ]
        loses = [operation.describe() for operation in own if type(operation).__name__ in LOSING]
        return {"changes": described(changes), "asks": inside.asked, "loses": loses}

    return inside_makemigrations(work)


def write_drift(
    start: dict[str, Any], emit: Any, labels: list[str], folders: dict[str, str | None], timestamp: str, tag: str
) -> list[dict[str, Any]]:
    """Write what leads from the history in `folders` to the models, on top of it, with the project's makemigrations.

    Emits their names before the first is written. Returns {app, name, dependencies, operations: [lines]} of each migration.
    """
    histories.use(folders)
    fix_header_clock(timestamp)
    no_formatter()

    def work(inside: Inside) -> list[dict[str, Any]]:
        _leave_others(inside.detector, set(labels))
        changes = inside.find(migration_name="{}_drift".format(tag))
        emit(names=[[app, migration.name] for app, migrations in changes.items() for migration in migrations])
        inside.command.dry_run = False
        inside.command.write_migration_files(changes)
        return [
            {
                "app": migration.app_label,
                "name": migration.name,
                "dependencies": [list(node) for node in migration.dependencies],
                "operations": [operation.describe() for operation in migration.operations],
            }
            for migrations in changes.values()
            for migration in migrations
        ]

    written: list[dict[str, Any]] = inside_makemigrations(work)
    return written


def _leave_others(detector: Any, labels: set[str]) -> None:
    """Let the models of other apps be as their migrations say: what they lack is not ours to write."""
    old, new = detector.from_state, detector.to_state
    for key in [key for key in new.models if key[0] not in labels and key[0] not in old.real_apps]:
        del new.models[key]
    new.models.update((key, model.clone()) for key, model in old.models.items() if key[0] not in labels)


def advance(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    path: str,
    manifest: dict[str, Any],
    folders: dict[str, str | None] | None = None,
) -> dict[str, Any]:
    """Take the scratch database `path`, which the old history built, the way that real ones go: the switch, then `migrate`.

    Where the new migrations replace the old ones by name, `migrate` alone is that way. Returns what it had to apply, which
    new ones are not recorded then, and catalogue and rows. Raises AgentError("switch") or ("migrate").
    """
    from django.core.management import call_command
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    tenants.join_schemas()
    histories.look_at(folders)
    outside, media = keep_away(start["root"], path)
    connection = open_scratch(start, alias, path, start.get("clock_shift") or 0.0)
    try:
        if not manifest.get("replaces"):
            switch(connection, manifest, consistent=graph_consistency)
    except SwitchError as error:
        raise AgentError("switch", error.reason, code=error.code, details=error.details) from error.__cause__
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    applied = [[migration.app_label, migration.name] for migration, _ in plan]
    began = time.monotonic()
    try:
        call_command(
            "migrate", database=alias, interactive=False, verbosity=0, stdout=io.StringIO(), stderr=io.StringIO()
        )
    except (Exception, SystemExit) as error:
        raise AgentError(
            "migrate",
            "On a database of the old history migrate fails: {}".format(sentence(error)),
            where=place(error, start["root"]),
        ) from error
    seconds = time.monotonic() - began
    engine = engine_at(alias)
    recorded = MigrationRecorder(connection).applied_migrations()
    unrecorded = [list(node) for node in manifest["new"]["nodes"] if tuple(node) not in recorded]
    catalogue = engine.read_catalogue(connection)
    rows = engine.read_rows(connection, catalogue)
    connection.close()
    outside.close()
    shutil.rmtree(media, ignore_errors=True)
    return {
        "applied": applied,
        "unrecorded": unrecorded,
        "seconds": seconds,
        "catalogue": catalogue,
        "rows": rows,
    }
