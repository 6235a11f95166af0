"""A fixture project whose database is on a server, migrated with its old history, and the command line on it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tests import warm

PROJECTS = Path(__file__).parent / "projects"


class ServerProject:
    """A copy of a fixture project; `root` is the folder of manage.py, the user's state folder lies beside it.

    `account` are the variables that its settings read beside the name of the database. `engine` is the agent's module, which
    names scratch databases, and `server` that of the tests, which asks the server.
    """

    def __init__(
        self,
        root: Path,
        database: str,
        source: str,
        account: Mapping[str, str],
        *,
        engine: ModuleType,
        server: ModuleType,
    ) -> None:
        self.root, self.database, self.source, self.account = root, database, source, dict(account)
        self._engine, self._server = engine, server
        if not root.exists():
            shutil.copytree(PROJECTS / source, root, ignore=shutil.ignore_patterns("__pycache__"))

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
        found: list[tuple[Any, ...]] = self._server.query(statement, self.database)
        return found

    def scratch_databases(self) -> list[str]:
        """Those on the server that were made for this project, on this machine."""
        owner = {"host": socket.gethostname(), "root": str(self.root.resolve()), "pid": 0}
        start = self._engine.database_name("x", owner).rpartition("_x_")[0]
        return [name for name in self._server.databases() if name.startswith(f"{start}_")]
