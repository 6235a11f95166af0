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

from migwizard.project.agent.engines import mysql
from tests import warm
from tests.mysql.server import databases, query

PROJECT = Path(__file__).parents[1] / "projects" / "mysql"


class Project:
    """A copy of the fixture project; `root` is the folder of manage.py, the user's state folder lies beside it."""

    def __init__(self, root: Path, database: str, user: str = "", password: str = "") -> None:
        self.root, self.database = root, database
        self.account = {"FIXTURE_USER": user, "FIXTURE_PASSWORD": password} if user else {}
        if not root.exists():
            shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns("__pycache__"))

    def environment(self) -> dict[str, str]:
        drop = ("VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "PYTHONHASHSEED")
        kept = {key: value for key, value in os.environ.items() if key not in drop}
        kept |= {"PYTHONDONTWRITEBYTECODE": "1", "XDG_STATE_HOME": str(self.root.parent / "state")}
        return kept | {"FIXTURE_DATABASE": self.database} | self.account

    def start(self, *command: str) -> subprocess.CompletedProcess[str]:
        return warm.run(command, self.root, self.environment())

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
        start = mysql.database_name("x", owner).rpartition("_x_")[0]
        return [name for name in databases() if name.startswith(f"{start}_")]

    def sweep(self) -> None:
        """Remove what a run left that was cut off, since no other one on this project will."""
        for name in self.scratch_databases():
            query(f"DROP DATABASE IF EXISTS `{name}`")

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table as text, in the order of its columns."""
        found = self.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
        )
        return {name: sorted(map(repr, self.rows(f"SELECT * FROM `{name}`"))) for (name,) in found}
