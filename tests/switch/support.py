"""SQLite files with a history, a worker that switches them, and tiny projects that are really migrated.

Django lives in other processes only; MIGWIZARD_TEST_GUEST may name a Python with another Django.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from textwrap import dedent
from typing import Any

from migwizard.switch.manifest import Node, build
from migwizard.switch.script import FILE_NAME, script
from tests import warm
from tests.switch.engines import Database, Sqlite

HERE = Path(__file__).parent
PYTHON = os.environ.get("MIGWIZARD_TEST_GUEST", sys.executable)

OLD: tuple[Node, ...] = (
    ("users", "0001_initial"),
    ("users", "0002_nick"),
    ("blog", "0001_initial"),
    ("blog", "0002_seed"),
)
NEW: tuple[Node, ...] = (("users", "0001_r1_initial"), ("blog", "0001_r1_initial"), ("blog", "0002_r1_seed"))
OTHERS: tuple[Node, ...] = (("contenttypes", "0001_initial"), ("auth", "0001_initial"), ("admin", "0001_initial"))

SETTINGS = """
SECRET_KEY = "x"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = {apps!r}
DATABASES = {{"default": {database!r}}}
"""


class RefusedError(Exception):
    """The worker's SwitchError, as it came over the wire."""

    def __init__(self, code: str, text: str, details: dict[str, Any]) -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text, self.details = code, text, details


@cache
def script_file() -> Path:
    """The script as it is written out for other environments: all tests of the switch run it, and not the package."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    (folder / FILE_NAME).write_text(script(build(run_id="r", created="", apps=(), old_nodes=(), new_nodes=())))
    return folder / FILE_NAME


class Worker:
    """A process that holds Django and the switch; `settings` is the folder of a project, else an empty one."""

    def __init__(self, project: Path | None = None) -> None:
        environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        if project:
            environment.update(DJANGO_SETTINGS_MODULE="settings", PYTHONPATH=str(project))
        command = [PYTHON, "-B", str(HERE / "worker.py"), str(script_file())]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=project
        )

    def send(self, call: str, database: Database | Path | None = None, manifest: Any = None, **request: Any) -> None:
        """Let it call a function of the switch, on an SQLite file where the database is a path."""
        assert self.process.stdin
        reached = Sqlite(database) if isinstance(database, Path) else database
        request.update(
            call=call,
            database=reached.settings if reached else None,
            manifest=manifest.to_dict() if manifest else None,
        )
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def receive(self) -> Any:
        assert self.process.stdout
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RefusedError(**answer["error"])
        return answer["result"]

    def __call__(self, call: str, database: Database | Path | None = None, manifest: Any = None, **request: Any) -> Any:
        self.send(call, database, manifest, **request)
        return self.receive()

    def close(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(timeout=30)
        if self.process.stdout:
            self.process.stdout.close()


def make_database(path: Path, rows: Iterable[Node], tables: Iterable[str] = ()) -> Path:
    """An SQLite file with a history."""
    Sqlite(path).make(rows, tables)
    return path


def dump(path: Path) -> list[str]:
    """Schema, every row and the sequences of a file as SQL."""
    return Sqlite(path).dump()


def names(path: Path) -> list[Node]:
    """The recorded migrations by id."""
    return Sqlite(path).names()


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of one statement, committed."""
    return Sqlite(path).query(sql)


class Project:
    """A Django project of a few lines: files are written as told, commands run in processes of their own."""

    def __init__(self, root: Path, apps: Iterable[str], database: Database | None = None) -> None:
        self.root, self.database = root, database or Sqlite(root / "db.sqlite3")
        root.mkdir(parents=True, exist_ok=True)
        settings = SETTINGS.format(apps=[*apps], database=self.database.settings)
        (root / "settings.py").write_text(self.database.driver + settings)
        for app in apps:
            self.write({f"{app}/__init__.py": "", f"{app}/migrations/__init__.py": ""})

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(dedent(text))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(self.root)}
        return warm.django(PYTHON).run(command, self.root, environment)

    def django(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "django", *arguments, "--no-color")

    def migrate(self, *arguments: str) -> None:
        done = self.django("migrate", "-v0", *arguments)
        assert done.returncode == 0, done.stderr
