"""Runs `migwizard run` on a copy of a fixture project, up to the proof, and reads what it said and wrote."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import warm

PROJECTS = Path(__file__).parents[1] / "projects"


@dataclass(frozen=True, slots=True)
class SeedRide:
    """A run that is over: exit code, the last object on stdout, and the project's folder."""

    folder: Path
    code: int
    report: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]] = ()

    @property
    def rungs(self) -> dict[str, tuple[str, str | None]]:
        """Verdict and rung by operation, as "0002_helpers#0"."""
        return {
            seed["operation"].partition(".")[2]: (seed["verdict"], seed["rung"])
            for seed in self.report.get("seeds", ())
        }

    @property
    def is_proved(self) -> bool:
        proof = self.report.get("proof") or {}
        return self.code == 0 and bool(proof.get("schema_equal")) and bool(proof.get("rows_equal"))

    @property
    def staged(self) -> dict[str, str]:
        """The text of each new migration by "app/name"."""
        staging = self.folder / ".migwizard/staging"
        return {f"{path.parent.name}/{path.stem}": path.read_text() for path in staging.glob("*/0*.py")}

    def staged_seeds(self, app: str) -> str:
        """All seed files of an app, one after the other."""
        found = sorted(
            (name, text) for name, text in self.staged.items() if name.startswith(f"{app}/") and "_s" in name
        )
        return "\n".join(text for _, text in found)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a statement reads from the database that the new history built."""
        path = self._migrate("0")
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(sql).fetchall()

    def rows_after_rollback(self, app: str, target: str, sql: str) -> list[tuple[Any, ...]]:
        """The same after the app went back to `target`."""
        path = self._migrate(f"back-{app}-{target}", (app, target))
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(sql).fetchall()

    def back_to_zero(self) -> tuple[dict[str, str], list[str]]:
        """What `sqlmigrate` says of every new file, and the tables of the project's apps after `migrate APP zero`."""
        path = self._migrate("zero")
        nodes = [name.split("/") for name in sorted(self.staged)]
        done = subprocess.run(
            [sys.executable, "-B", "-c", _BACK, json.dumps(nodes)],
            cwd=path.parent,
            capture_output=True,
            text=True,
            env=_environment(path.parent),
        )
        assert done.returncode == 0, done.stderr
        told: tuple[dict[str, str], list[str]] = tuple(json.loads(done.stdout))
        return told

    def _migrate(self, name: str, *targets: tuple[str, str]) -> Path:
        """A database of the new history in a copy of the project whose migrations are those of staging."""
        copy = self.folder.parent / f"{self.folder.name}-{name}"
        if not copy.exists():
            shutil.copytree(self.folder, copy, ignore=shutil.ignore_patterns("db.sqlite3"))
            for folder in (copy / ".migwizard/staging").iterdir():
                target = _migrations_folder(copy, folder.name)
                shutil.rmtree(target)
                shutil.copytree(folder, target)
            for arguments in ((), *targets):
                command = [sys.executable, "manage.py", "migrate", "-v0", *arguments]
                warm.run(command, copy, _environment(copy)).check_returncode()
        return copy / "db.sqlite3"


_BACK = """
import io, json, os, runpy, sys
from django.core import management

nodes = json.loads(sys.argv[1])
run = management.execute_from_command_line
management.execute_from_command_line = lambda argv=None: None
runpy.run_path("manage.py", run_name="__main__")
import django
django.setup()
from django.apps import apps
from django.db import connection
said = {}
for app, name in nodes:
    out = io.StringIO()
    management.call_command("sqlmigrate", app, name, stdout=out)
    said[app + "/" + name] = out.getvalue()
labels = sorted({app for app, _ in nodes})
mine = {model._meta.db_table for label in labels for model in apps.get_app_config(label).get_models()}
for label in labels:
    management.call_command("migrate", label, "zero", verbosity=0)
print(json.dumps([said, sorted(mine & set(connection.introspection.table_names()))]))
"""


def _migrations_folder(copy: Path, label: str) -> Path:
    special = {"first": "packages/deep/alpha/migrations", "beta": "history/of_beta"}
    return copy / special.get(label, f"{label}/migrations")


def _environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV")}
    return {**kept, "XDG_STATE_HOME": str(folder.parent / "state"), "PYTHONDONTWRITEBYTECODE": "1"}


def ride(name: str, folder: Path, *options: str, edits: Mapping[str, tuple[str, str]] | None = None) -> SeedRide:
    """Copy the fixture project `name` below `folder`, replace text by `edits` (file -> old, new), and run to the proof."""
    project = folder / name
    shutil.copytree(PROJECTS / name, project, ignore=shutil.ignore_patterns("__pycache__", "*.sqlite3", ".migwizard"))
    for file, (old, new) in (edits or {}).items():
        text = (project / file).read_text()
        assert old in text, f"{file} has no {old!r}"
        (project / file).write_text(text.replace(old, new, 1))
    return ride_in(project, *options)


def ride_in(project: Path, *options: str) -> SeedRide:
    """Run to the proof in a project that has been written."""
    command = [sys.executable, "-m", "migwizard", "run", "--yes", "--until", "proof", "--json", "-C", str(project)]
    command += ["--python", sys.executable, *options]
    done = warm.run(command, project.parent, _environment(project))
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
    return SeedRide(project, done.returncode, lines[-1] if lines else {"stderr": done.stderr}, lines)
