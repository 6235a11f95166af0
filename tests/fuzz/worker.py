"""Django at work on random projects: started by path with an interpreter that has it, spoken to in lines of JSON.

Django is imported once; each request is answered in a fork, in which the project is loaded as it is at that moment. So
a project costs some forks instead of as many starts of an interpreter. Runs on Python 3.8 and Django 3.2 too.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import pathlib
import random
import sys
import time
import traceback
from typing import Any


def preload(engine: str) -> None:
    """Import what every request needs and what works without settings."""
    # The folder of a script comes first; modules in it would be taken for others of the same name.
    sys.path.pop(0)
    if engine == "mysql":
        # As the project's settings do it.
        import pymysql

        pymysql.version_info = (2, 2, 8, "final", 0)
        pymysql.install_as_MySQLdb()
    for name in (
        "django.contrib.admin.checks",
        "django.contrib.auth.hashers",
        "django.core.management.commands.makemigrations",
        "django.core.management.commands.migrate",
        "django.core.management.commands.squashmigrations",
        "django.core.serializers",
        "django.db.backends.{}.base".format("sqlite3" if engine == "sqlite" else engine),
        "django.db.migrations.autodetector",
        "django.db.migrations.executor",
        "django.db.models",
        "django.forms",
        "django.template.backends.django",
        "django.template.context_processors",
        "django.urls",
    ):
        importlib.import_module(name)


def load(root: str, database: str, migrations: dict[str, str] | None = None) -> None:
    """Load the project of `root` with this database; `migrations` are other modules for those of its apps."""
    sys.dont_write_bytecode = True
    os.chdir(root)
    sys.path.insert(0, root)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    if migrations is not None:
        settings.MIGRATION_MODULES = migrations
    # Who runs it by hand gets whatever numbers come; a kept failure has to come again.
    random.seed(1)
    django.setup()


def command(*arguments: str, **options: Any) -> str:
    """Run a management command; what it prints."""
    from django.core.management import call_command

    said = io.StringIO()
    call_command(*arguments, stdout=said, stderr=said, **options)
    return said.getvalue()


def questioner(answers: dict[str, Any]) -> Any:
    """The class that answers makemigrations: what was renamed, and values for rows that are there."""
    from django.db.migrations.questioner import MigrationQuestioner
    from django.db.models import NOT_PROVIDED
    from django.utils import timezone

    class Answers(MigrationQuestioner):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(specified_apps=kwargs.get("specified_apps"), dry_run=kwargs.get("dry_run"))

        def ask_initial(self, app_label: str) -> bool:
            return True

        def ask_rename_model(self, old_model_state: Any, new_model_state: Any) -> bool:
            asked = [old_model_state.app_label, old_model_state.name, new_model_state.name]
            return asked in answers["models"]

        def ask_rename(self, model_name: str, old_name: str, new_name: str, field_instance: Any) -> bool:
            return [model_name.lower(), old_name, new_name] in answers["fields"]

        def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
            return answers["values"].get(f"{model_name.lower()}.{field_name}", NOT_PROVIDED)

        def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:
            return answers["values"].get(f"{model_name.lower()}.{field_name}", NOT_PROVIDED)

        def ask_auto_now_add_addition(self, field_name: str, model_name: str) -> Any:
            return timezone.now

        def ask_unique_callable_default_addition(self, field_name: str, model_name: str) -> Any:
            return 1

    return Answers


def concerned(operation: Any) -> str:
    """The model of an operation, in lower case."""
    return str(getattr(operation, "model_name", "") or getattr(operation, "name", "")).lower()


def makemigrations(root: str, database: str, labels: list[str], answers: dict[str, Any]) -> list[list[str]]:
    """Let the project's makemigrations write; returns app and name of each new file, in its own order.

    `answers`: what its questions get, `state_only` (per app, the model whose operations change no table), and `after`
    (per app, migrations that the first new file of the app also waits for), as a person would edit the files.
    """
    load(root, database)
    from django.core.management import get_commands, load_command_class
    from django.core.management.commands import makemigrations as module
    from django.db.migrations.operations import SeparateDatabaseAndState

    module.NonInteractiveMigrationQuestioner = questioner(answers)
    own = load_command_class(get_commands()["makemigrations"], "makemigrations")
    write, written = type(own).write_migration_files, []

    def edited(self: Any, changes: dict[str, Any], *more: Any) -> None:
        for app, migrations in changes.items():
            for number, migration in enumerate(migrations):
                migration.operations = [
                    SeparateDatabaseAndState(state_operations=[operation])
                    if concerned(operation) == answers["state_only"].get(app)
                    else operation
                    for operation in migration.operations
                ]
                if number == 0:
                    new = [tuple(one) for one in answers["after"].get(app, ())]
                    migration.dependencies += [one for one in new if one not in migration.dependencies]
                written.append([app, migration.name])
        write(self, changes, *more)

    type(own).write_migration_files = edited
    command("makemigrations", *labels, interactive=False, no_header=True)
    return written


def squash(root: str, database: str, app: str, start: str, end: str) -> str:
    """Squash migrations of an app; what the command printed."""
    load(root, database)
    return command("squashmigrations", app, start, end, interactive=False, no_header=True)


def consistent(root: str, database: str) -> bool:
    """Whether the migrations load, without a circle and with one leaf per app. Raises what Django raises."""
    load(root, database)
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    loader.graph.ensure_not_cyclic()
    return not loader.detect_conflicts()


def check_changes() -> str:
    """What `makemigrations --check` finds; empty where it finds nothing."""
    try:
        said = command("makemigrations", check_changes=True, dry_run=True, interactive=False)
    except SystemExit:
        return "there are changes"
    return "" if "No changes detected" in said else said


def build(root: str, database: str) -> dict[str, Any]:
    """System checks, `migrate` from zero into an empty database; its seconds, and what `makemigrations --check` says then."""
    load(root, database)
    command("check")
    start = time.perf_counter()
    command("migrate", verbosity=0)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "changes": check_changes()}


def schema_files(labels: list[str]) -> dict[str, int]:
    """How many migrations of each app have operations on models."""
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.operations import RunPython, RunSQL, SeparateDatabaseAndState

    apart, found = (RunPython, RunSQL, SeparateDatabaseAndState), dict.fromkeys(labels, 0)
    for (label, _), migration in MigrationLoader(None).disk_migrations.items():
        if label in found:
            found[label] += any(not isinstance(operation, apart) for operation in migration.operations)
    return found


def look(root: str, database: str, other: str, labels: list[str]) -> dict[str, Any]:
    """What `migrate --plan` says of `database`, then what `build` says of `other`, and the number of schema files."""
    load(root, database)
    from django.db import connection

    plan = command("migrate", plan=True)
    connection.close()
    connection.settings_dict["NAME"] = other
    start = time.perf_counter()
    command("migrate", verbosity=0)
    seconds = time.perf_counter() - start
    connection.close()
    return {"plan": plan, "seconds": seconds, "changes": check_changes(), "schema": schema_files(labels)}


def backwards(root: str, database: str, labels: list[str]) -> dict[str, str]:
    """Take every app's migrations back on `database`, and print the SQL of each; what failed, by app."""
    load(root, database)
    from django.db.migrations.loader import MigrationLoader

    failed = {}
    for label, name in sorted(MigrationLoader(None).disk_migrations):
        if label in labels:
            try:
                command("sqlmigrate", label, name)
            except Exception as error:
                failed[f"sqlmigrate {label} {name}"] = repr(error)
    for label in labels:
        try:
            command("migrate", label, "zero", verbosity=0)
        except Exception as error:
            failed[f"migrate {label} zero"] = repr(error)
    return failed


def stock(root: str, database: str, folder: str, labels: list[str]) -> int:
    """The number of files that Django alone writes for the project's models."""
    modules = {label: f"stock_{label}" for label in labels}
    packages = [pathlib.Path(folder, module) for module in modules.values()]
    for package in packages:
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    sys.path.insert(0, folder)
    load(root, database, modules)
    command("makemigrations", *labels, interactive=False, verbosity=0)
    return sum(len(list(package.glob("[0-9]*.py"))) for package in packages)


def stock_error(root: str, database: str, folder: str, labels: list[str]) -> str:
    """Why the files of `stock` cannot be migrated; empty where they can."""
    sys.path.insert(0, folder)
    load(root, database, {label: f"stock_{label}" for label in labels})
    try:
        command("migrate", verbosity=0)
    except Exception as error:
        return repr(error)[:300]
    return ""


METHODS = {
    function.__name__: function
    for function in (makemigrations, squash, consistent, build, look, backwards, stock, stock_error)
}


def answer(request: dict[str, Any], writer: int) -> None:
    """Answer one request in this process, which ends with it."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            reply = {"result": METHODS[request["method"]](**request["params"])}
    except BaseException as error:
        reply = {"error": repr(error), "traceback": traceback.format_exc()}
    with os.fdopen(writer, "w") as stream:
        json.dump(reply, stream)
    os._exit(0)


def main() -> None:
    """Answer requests one after the other until the other end closes."""
    preload(sys.argv[1])
    for line in sys.stdin:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            # It lives for a second.
            gc.disable()
            os.close(reader)
            answer(json.loads(line), writer)
        os.close(writer)
        with os.fdopen(reader) as stream:
            reply = stream.read()
        os.waitpid(pid, 0)
        sys.stdout.write((reply or '{"error": "the fork ended", "traceback": ""}') + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
