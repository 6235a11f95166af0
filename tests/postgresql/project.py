"""The fixture project on a database of its own, migrated with its old history, and the command line on it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from migwizard.project.agent.engines import postgresql
from tests import warm
from tests.postgresql.server import connect, databases, query

PROJECTS = Path(__file__).parents[1] / "projects"


class Project:
    """A copy of a fixture project; `root` is the folder of manage.py, the user's state folder lies beside it."""

    def __init__(self, root: Path, database: str, user: str = "", source: str = "postgresql") -> None:
        self.root, self.database, self.user, self.source = root, database, user, source
        self.report: dict[str, Any] = {}
        if not root.exists():
            shutil.copytree(PROJECTS / source, root, ignore=shutil.ignore_patterns("__pycache__"))

    def staged(self, name: str) -> str:
        """The text of a new file, as "app/name"."""
        return (self.root / ".migwizard/staging" / f"{name}.py").read_text()

    def with_new_files(self, root: Path, database: str) -> Project:
        """A fresh copy of the project whose migrations are those of staging."""
        copy = Project(root, database, self.user, self.source)
        for staged in (self.root / ".migwizard/staging").iterdir():
            folder = root / staged.name / "migrations"
            for old in folder.glob("0*.py"):
                old.unlink()
            for new in staged.glob("0*.py"):
                (folder / new.name).write_text(new.read_text())
        return copy

    def start(self, *command: str) -> subprocess.CompletedProcess[str]:
        drop = ("VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "PYTHONHASHSEED")
        kept = {key: value for key, value in os.environ.items() if key not in drop}
        kept |= {"PYTHONDONTWRITEBYTECODE": "1", "XDG_STATE_HOME": str(self.root.parent / "state")}
        kept |= {"FIXTURE_DATABASE": self.database} | ({"FIXTURE_USER": self.user} if self.user else {})
        return warm.run(command, self.root, kept)

    def manage(self, *arguments: str) -> str:
        """What a management command says. Raises AssertionError where it fails."""
        done = self.start(sys.executable, "manage.py", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def migwizard(self, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
        """The objects that a command prints with --json."""
        done = self.start(sys.executable, "-m", "migwizard", *arguments, "--json", "--python", sys.executable)
        assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return [json.loads(line) for line in done.stdout.splitlines()]

    def tree(self) -> dict[str, bytes]:
        """Every file of the project by relative path."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".migwizard" not in path.parts
        }

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return query(statement, self.database)

    def scratch_databases(self) -> list[str]:
        """Those on the server that were made for this project, on this machine."""
        owner = {"host": socket.gethostname(), "root": str(self.root.resolve()), "pid": 0}
        start = postgresql.database_name("x", owner).rpartition("_x_")[0]
        return [name for name in databases() if name.startswith(f"{start}_")]

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table as text, in the order of its first column."""
        with connect(self.database) as connection:
            found = connection.execute("SELECT relname::text FROM pg_stat_user_tables ORDER BY 1").fetchall()
            return {name: _texts(connection, name) for (name,) in found}


def _texts(connection: psycopg.Connection[tuple[Any, ...]], table: str) -> list[str]:
    statement = f'SELECT t::text FROM "{table}" t ORDER BY 1'
    return [text for (text,) in connection.execute(statement).fetchall()]
