"""Batches written by the project's own makemigrations: beside each, what it would have written by itself."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from . import histories
from .command import Inside, inside_makemigrations, no_formatter
from .fold import fold
from .growing import Growing
from .operations import detect, operation_id, parts, target_state
from .prepass import model_of


def check_changes(
    start: dict[str, Any], emit: Any, folders: dict[str, str | None] | None = None
) -> dict[str, list[str]]:
    """What `makemigrations --check` finds: a line for each operation it would write, by app label."""
    histories.look_at(folders)
    return described(inside_makemigrations(lambda inside: inside.find()))


def described(changes: dict[str, list[Any]]) -> dict[str, list[str]]:
    """A line for each operation of the migrations, by app label."""
    return {
        app: [operation.describe() for migration in migrations for operation in migration.operations]
        for app, migrations in sorted(changes.items())
    }


def _text(migration: Any) -> str:
    from django.db.migrations.writer import MigrationWriter

    return str(MigrationWriter(migration).as_string())


def fix_header_clock(timestamp: str) -> None:
    """Let MigrationWriter's header say the time of the reset, so that the same decisions give the same bytes."""
    import datetime

    from django.db.migrations import writer

    moment = datetime.datetime.fromisoformat(timestamp)
    vars(writer)["now"] = lambda: moment


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
    without: histories.Without = (),
) -> list[dict[str, Any]]:
    """Write the batches of every level into staging with the project's makemigrations.

    `levels` holds batches {app, name, units: [[ids]], dependencies, deferred: [ids], replaces, run_before}; `staging` the
    folder of each label; `replaced` the models ("app.model") whose table hand-written SQL makes, with the SQL. Returns for
    each level its command line, and for each batch the literal and the written text with the parts of both.
    """
    histories.look_at(folders, without)
    fix_header_clock(timestamp)
    no_formatter()
    _write_run_before()
    _write_fields_once()

    def work(inside: Inside) -> list[dict[str, Any]]:
        # Taken before the old files are hidden: later the loader sees staging only.
        target = target_state(inside, source, set(labels))
        found, _ = detect(inside.autodetector, set(labels), target.clone())
        by_id = {
            operation_id(app, n): operation
            for app, found_here in found.items()
            for n, operation in enumerate(found_here)
        }
        _lead_named_to_first(set(labels))
        # The command was started with --check, with which it writes nothing.
        inside.command.dry_run = False
        growing = Growing(labels, staging, target)
        report = []
        for number, batches in enumerate(levels):
            apps = [batch["app"] for batch in batches]
            later = {batch["app"] for following in levels[number:] for batch in following}
            literal = growing.literal(inside, apps, later)
            migrations = {batch["app"]: [_build(batch, by_id, replaced)] for batch in batches}
            inside.command.write_migration_files(migrations)
            for written in migrations.values():
                growing.add(*written)
            report.append(_level_report(apps, batches, literal, migrations, staging, by_id))
            emit(level=number, of=len(levels), apps=apps)
        return report

    report: list[dict[str, Any]] = inside_makemigrations(work)
    return report


def _lead_named_to_first(labels: set[str]) -> None:
    """Let a neighbour that names an old migration of `labels` depend on the app's first one while the old are hidden.

    What it must run before comes later by other dependencies, and the first one might come before it.
    The finished new history needs no such help: there a new migration stands in for the named one.
    """
    from django.db.migrations.loader import MigrationLoader

    original, original_adding = MigrationLoader.check_key, MigrationLoader.add_external_dependencies

    def check_key(loader: Any, key: tuple[str, str], current_app: str) -> Any:
        known = key in loader.disk_migrations or key[1].startswith("__")
        if key[0] in labels and current_app not in labels and not known:
            key = (key[0], "__first__")
        return original(loader, key, current_app)

    def add_external_dependencies(loader: Any, key: tuple[str, str], migration: Any) -> None:
        if key[0] not in labels:
            there = loader.disk_migrations
            migration.run_before = [node for node in migration.run_before if node[0] not in labels or node in there]
        original_adding(loader, key, migration)

    vars_of_class: Any = MigrationLoader
    vars_of_class.check_key = check_key
    vars_of_class.add_external_dependencies = add_external_dependencies


def _write_run_before() -> None:
    """Let MigrationWriter write `run_before`, which Django reads and no version of it writes."""
    from django.db.migrations.writer import MigrationWriter

    original = MigrationWriter.as_string

    def as_string(writer: Any) -> str:
        text = str(original(writer))
        nodes = writer.migration.run_before
        if not nodes or "\n    run_before = " in text:
            return text
        lines = "".join('        ("{}", "{}"),\n'.format(*node) for node in nodes)
        mark = "\n    operations = ["
        return text.replace(mark, "\n    run_before = [\n{}    ]\n{}".format(lines, mark), 1)

    vars_of_class: Any = MigrationWriter
    vars_of_class.as_string = as_string


def _write_fields_once() -> None:
    """Let MigrationWriter find the text of each field once: the literal file and the written one hold the same fields.

    Nobody changes a field from here on; whoever wants another one makes a clone.
    """
    from django.db.migrations import serializer

    base: Any = serializer.ModelFieldSerializer
    original = base.serialize
    known: dict[int, Any] = {}

    def serialize(self: Any) -> tuple[str, set[str]]:
        if id(self.value) not in known:
            # The field too, so that no other one gets the same number.
            known[id(self.value)] = (self.value, original(self))
        text, imports = known[id(self.value)][1]
        return text, set(imports)

    base.serialize = serialize


def _build(batch: dict[str, Any], by_id: dict[str, Any], replaced: dict[str, dict[str, list[str]]]) -> Any:
    from django.db.migrations import Migration

    app = batch["app"]
    operations = [_wrap(fold([by_id[key] for key in unit]), app, replaced) for unit in batch["units"]]
    body = {
        "operations": operations,
        "dependencies": [tuple(key) for key in batch["dependencies"]],
        "initial": True,
        "replaces": [tuple(key) for key in batch["replaces"]],
        "run_before": [tuple(key) for key in batch["run_before"]],
    }
    return type("Migration", (Migration,), body)(batch["name"], batch["app"])


def _wrap(operation: Any, app: str, replaced: dict[str, dict[str, list[str]]]) -> Any:
    """Keep an operation to the state where hand-written SQL makes the table of its model."""
    from django.db.migrations.operations import RunSQL, SeparateDatabaseAndState

    model = model_of(operation)
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
