"""Trying a trap: by Django's own commands on one copy of its project, by the whole reset on another."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engine.support import MIGWIZARD, Shop
from tests.traps.trap import Trap
from tests.traps.writing import PACKAGES, write_project

_OURS = ("django_migrations", "migwizard_history_backup", "sqlite_sequence")


class Project(Shop):
    """A project of traps on disk, run by the Python at `python`."""

    timeout = 600

    def __init__(self, root: Path, python: str = sys.executable) -> None:
        super().__init__(root)
        self.python = python

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.start(self.python, "manage.py", *arguments)

    def do(self, *arguments: str) -> str:
        """A management command that must succeed; what it printed."""
        done = self.manage(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def code(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run Python code after django.setup()."""
        head = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\nimport django; django.setup()\n"
        return self.start(self.python, "-c", head + text)

    def clone(self, folder: Path) -> Project:
        """The same project in another place, with its database."""
        shutil.copytree(self.root, folder / self.root.name)
        return Project(folder / self.root.name, self.python)

    def migrations(self, app: str) -> dict[str, str]:
        """The text of each migration of an app, by name; `app` is its folder."""
        folder = self.root / app / "migrations"
        return {path.stem: path.read_text() for path in sorted(folder.glob("[0-9]*.py"))}

    def sql(self, name: str) -> str:
        """The stored definition of a table, index, view or trigger; empty where it is not there."""
        found = self.query(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")
        return str(found[0][0]) if found else ""


class Alone(Project):
    """A copy on which Django is alone."""

    def typed(self, answers: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A management command with the answers that a person types."""
        command = [self.python, "manage.py", *arguments]
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment(),
            input=answers,
            capture_output=True,
            text=True,
            timeout=self.timeout,
        )

    def forget(self, *apps: str) -> None:
        """Remove the migrations of these apps, or of all of the project, and the database; packages stay."""
        for init in sorted(self.root.rglob("migrations/__init__.py")):
            relative = init.relative_to(self.root).as_posix()
            if not relative.startswith(f"{PACKAGES}/") and (not apps or relative.split("/")[0] in apps):
                for path in init.parent.glob("[0-9]*.py"):
                    path.unlink()
        self.database.unlink(missing_ok=True)

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)

    def remade(self, *labels: str) -> None:
        """The plain recipe, which must go through: all files away, makemigrations, migrate an empty database."""
        self.forget()
        self.do("makemigrations", "--noinput", *labels)
        self.do("migrate", "-v0")

    def fails(self, *arguments: str, says: str) -> str:
        """A management command that must fail, and say so; its last sentence as a cell."""
        return self.failed(self.manage(*arguments), f"`{arguments[0]}`", says)

    def failed(self, done: subprocess.CompletedProcess[str], what: str, says: str) -> str:
        """The last sentence of a command that must have failed."""
        said = done.stdout + done.stderr
        assert done.returncode != 0, f"{what} went through: {said}"
        assert says in said, f"{what}: {says!r} is not in {said}"
        line = next(line for line in reversed(said.splitlines()) if says in line)
        return f"{what} fails: {told(line)}"

    def passes_check(self) -> None:
        """Django must see no difference between models and migrations."""
        assert "No changes detected" in self.do("makemigrations", "--check", "--dry-run")


def told(line: str) -> str:
    """A line of a traceback for a cell of a Markdown table: without the module of the exception."""
    line = re.sub(r"^(?:[a-z_]\w*\.)+(?=[A-Z])", "", line.strip())
    return line.replace("|", r"\|").replace("<", "&lt;")


_POSTGRESQL = """
DATABASES["default"] = {{
    "ENGINE": "django.db.backends.postgresql",
    "HOST": {host!r},
    "PORT": {port!r},
    "USER": {user!r},
    "NAME": {name!r},
}}
"""


@dataclass(frozen=True, slots=True)
class Reset:
    """A project after the whole reset: how it was, how it is, and an empty database migrated with the new files."""

    before: Project
    after: Project
    report: Mapping[str, Any]
    code: int
    zero: Path
    failures: tuple[str, ...] = ()
    """What is wrong with the whole, whatever the trap."""
    said: str = ""
    lines: Sequence[Mapping[str, Any]] = field(default=())

    def check(self, *, stops: bool = False) -> None:
        """What must be so whatever the trap. Raises AssertionError."""
        assert (self.code != 0) == stops, f"exit {self.code}: {self.said[-1500:]}"
        assert not self.failures, "; ".join(self.failures)

    def files(self, app: str) -> dict[str, str]:
        """The new migrations of an app by name."""
        return self.after.migrations(app)

    def names(self, app: str) -> list[str]:
        return list(self.files(app))

    def text(self, app: str) -> str:
        """All new migrations of an app, one after the other."""
        return "\n".join(self.files(app).values())

    def rung(self, operation: str) -> tuple[str, str | None]:
        """Verdict and rung of an old operation, as "t16.0002_search#0"."""
        return next((seed["verdict"], seed["rung"]) for seed in self.report["seeds"] if seed["operation"] == operation)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a statement reads from the database that the new files built from nothing."""
        with closing(sqlite3.connect(self.zero)) as connection:
            return connection.execute(sql).fetchall()

    def sql(self, name: str) -> str:
        """The definition of an object in that database; empty where it is not there."""
        found = self.rows(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")
        return str(found[0][0]) if found else ""


def union(traps: Sequence[Trap]) -> dict[str, Any]:
    """The arguments of `write_project` for one project that holds them all."""
    files: dict[str, str | bytes] = {}
    for trap in traps:
        clash = files.keys() & trap.files.keys()
        assert not clash, f"{trap.number} has the files of another trap: {sorted(clash)}"
        files.update(trap.files)
    apps = dict.fromkeys(app for trap in traps for app in trap.apps)
    return {"files": files, "apps": tuple(apps), "settings": "".join(dict.fromkeys(trap.settings for trap in traps))}


def prepared(traps: Sequence[Trap], folder: Path, python: str = sys.executable) -> Project:
    """The project of these traps with its old history applied, and rows of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    project = Project(write_project(folder / "project", **union(traps)), python)
    for command in dict.fromkeys(command for trap in traps for command in trap.prepare):
        project.do(*command)
    for trap in traps:
        for sql in trap.rows:
            project.query(sql)
    return project


def alone(trap: Trap, folder: Path, python: str = sys.executable) -> str:
    """What becomes of the trap's project, whose database is not there yet, without us; the cell of the table."""
    folder.mkdir(parents=True, exist_ok=True)
    return trap.alone(Alone(write_project(folder / "project", **union([trap])), python))


def on_postgresql(trap: Trap, folder: Path) -> str:
    """What PostgreSQL makes of the trap without us. Needs a server; see tests/postgresql/server.py."""
    from tests.postgresql import server

    assert trap.postgresql is not None
    with server.database() as name:
        own = _POSTGRESQL.format(host=server.HOST, port=server.PORT, user=server.USER, name=name)
        parts = union([trap])
        parts["settings"] += own
        return trap.postgresql(Alone(write_project(folder / "project", **parts)))


def reset(traps: Sequence[Trap], folder: Path, python: str = sys.executable) -> Reset:
    """The whole reset of one project that holds these traps, and everything that is true of every reset."""
    before = prepared(traps, folder / "before", python)
    project = before.clone(folder / "after")
    said = project.manage("makemigrations", "--check", "--dry-run").stdout
    more = [argument for trap in traps for argument in trap.more]
    done = project.start(*MIGWIZARD, "run", "--yes", "--json", "--python", python, *more)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    zero = folder / "zero.sqlite3"
    failures = _stopped(before, project) if done.returncode else _wrong(before, project, lines[-1], said, zero)
    report = lines[-1] if lines else {}
    return Reset(before, project, report, done.returncode, zero, tuple(failures), done.stderr, lines)


def undo(reset: Reset) -> list[str]:
    """Take the reset back; what is then not as it was."""
    done = reset.after.start(*MIGWIZARD, "undo", "--yes", "--python", reset.after.python)
    if done.returncode:
        return [f"undo ended with {done.returncode}: {done.stderr[-500:]}"]
    failures = []
    if reset.after.tree() != reset.before.tree():
        failures.append("undo did not give back every file")
    if reset.after.dump() != reset.before.dump():
        failures.append("undo did not give back every row")
    return failures


def _stopped(before: Project, project: Project) -> list[str]:
    """What a run that stopped has changed."""
    failures = []
    if project.tree() != before.tree():
        failures.append("the run stopped, and files changed")
    if project.dump() != before.dump():
        failures.append("the run stopped, and rows changed")
    return failures


def _wrong(before: Project, project: Project, report: Mapping[str, Any], said: str, zero: Path) -> list[str]:
    """What any project may expect of a reset, and this one did not get."""
    failures = []
    if not (report["proof"]["schema_equal"] and report["proof"]["rows_equal"]):
        failures.append(f"the proof says {report['proof']}")
    after = project.manage("makemigrations", "--check", "--dry-run").stdout
    if after != said:
        failures.append(f"makemigrations --check says {after!r} instead of {said!r}")
    if "No planned migration operations" not in project.manage("migrate", "--plan").stdout:
        failures.append("the switched database has something to migrate")
    if _data(project) != _data(before):
        failures.append("the switch changed rows of other tables")
    aside = project.database.rename(project.database.with_suffix(".aside"))
    done = project.manage("migrate", "-v0")
    if done.returncode:
        failures.append(f"migrate from zero: {done.stderr[-500:]}")
    project.database.replace(zero)
    aside.replace(project.database)
    return failures


def _data(project: Project) -> list[str]:
    return [line for line in project.dump() if not any(name in line for name in _OURS)]
