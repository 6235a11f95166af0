"""Fixture projects and the command line, each command in a process of its own: a fork of one that is warm."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.surviving import durable
from tests import warm

PROJECTS = Path(__file__).parents[1] / "projects"
MIGWIZARD = (sys.executable, "-m", "migwizard")


class Shop:
    """A copy of a fixture project, migrated, with rows of its own in every table.

    `root` is the folder of manage.py; the user's state folder lies beside it.
    """

    timeout = 120
    """Seconds that one command may take."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.epoch = "1600000000"
        self.database = root / "db.sqlite3"
        self.staging = root / ".migwizard" / "staging"
        self.cwd: Path | None = None
        """Where commands are started, if not in the root."""

    def environment(self) -> dict[str, str]:
        drop = ("VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "PYTHONHASHSEED")
        kept = {key: value for key, value in os.environ.items() if key not in drop}
        # No byte code: it would be a difference in the tree that nobody made.
        kept |= {"SOURCE_DATE_EPOCH": self.epoch, "PYTHONDONTWRITEBYTECODE": "1"}
        return kept | {"XDG_STATE_HOME": str(self.root.parent / "state")}

    def start(self, *command: str) -> subprocess.CompletedProcess[str]:
        return warm.run(command, self.cwd or self.root, self.environment(), self.timeout)

    def migwizard(self, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command and check its exit code."""
        done = self.start(*MIGWIZARD, *arguments)
        assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def lines(self, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
        """The objects that a command with --json prints."""
        return [json.loads(line) for line in self.migwizard(*arguments, "--json", expect=expect).stdout.splitlines()]

    def second(self, *more: str) -> subprocess.CompletedProcess[str]:
        """A reset of what is a reset already, which nobody makes unasked."""
        wanted = self.root.parent / "second.json"
        wanted.write_text('{"second": "reset"}')
        return self.migwizard("run", "--yes", "--answers", str(wanted), *more)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.start(sys.executable, "manage.py", *arguments)

    def tree(self) -> dict[str, bytes]:
        """Every file of the project but its database, by relative path."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".migwizard" not in path.parts and path != self.database
        }

    def dump(self) -> list[str]:
        """Schema, every row and the sequences as SQL."""
        with closing(sqlite3.connect(self.database)) as connection:
            return list(connection.iterdump())

    def timeless_dump(self) -> list[str]:
        """The dump without the moments at which migrations were recorded."""
        moment = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*'")
        return [
            moment.sub("'then'", line) if '"django_migrations"' in line or "migwizard_history_backup" in line else line
            for line in self.dump()
        ]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(sql).fetchall()

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands exactly once in a file."""
        file = self.root / path
        text = file.read_text()
        assert text.count(old) == 1, f"{path}: {text}"
        file.write_text(text.replace(old, new))

    def copy(self, folder: Path) -> Shop:
        """The same project, with its state folder, in another place; under the same name, which its run id holds."""
        shutil.copytree(self.root.parent, folder, dirs_exist_ok=True)
        return Shop(folder / self.root.name)


def make_project(name: str, folder: Path, rows: tuple[str, ...] = ()) -> Shop:
    """Copy a fixture project into a folder of its own, migrate it, and add rows."""
    shutil.copytree(PROJECTS / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shop = Shop(folder / name)
    done = shop.manage("migrate", "-v0")
    assert done.returncode == 0, done.stderr
    for sql in rows:
        shop.query(sql)
    return shop


def make_tiny(folder: Path) -> Shop:
    return make_project(
        "tiny",
        folder,
        (
            "INSERT INTO people_person (name, nick, club_id) VALUES ('Ada', 'a', 1), ('Bo', '', 2), ('Cy', 'c', NULL)",
            "DELETE FROM people_person WHERE name = 'Cy'",
            "UPDATE clubs_club SET captain_id = 1 WHERE code = 'row'",
        ),
    )


def kept(events: list[dict[str, Any]]) -> list[str]:
    """The states that a run left as they were."""
    return [line["data"]["of"] for line in events if line.get("event") == "kept"]


def begun(events: list[dict[str, Any]]) -> list[str]:
    """The states that a run computed."""
    return [line["state"] for line in events if line.get("event") == "begin"]


def changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> set[str]:
    """Paths whose content differs."""
    return {path for path in {*before, *after} if before.get(path) != after.get(path)}


def dying_at(number: int, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Make the n-th durable write die before it is done; the list holds its path once it has."""
    real, died = durable.write_file, list[Path]()
    count = itertools.count(1)

    def dying(path: Path, *arguments: Any, **more: Any) -> None:
        if next(count) == number:
            died.append(path)
            raise KeyboardInterrupt
        real(path, *arguments, **more)

    monkeypatch.setattr(durable, "write_file", dying)
    return died
