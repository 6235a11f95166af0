"""What the script of a switch has to do in an environment that holds Django, a driver, and nothing of ours."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migwizard.switch import manifest as manifests
from migwizard.switch.script import FILE_NAME
from tests.switch import shop
from tests.switch.engines import Database
from tests.switch.support import Project, script_file

KILLED = """
import os, runpy, signal, sys
from django.db.backends.utils import CursorWrapper

original, start = CursorWrapper._execute, "INSERT INTO " + sys.argv[1]


def dying(self, sql, *more):
    if sql.startswith(start):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(self, sql, *more)


CursorWrapper._execute = dying
sys.argv = [sys.argv[2], "switch", "--database", "default"]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""The script, killed before it inserts the first new row."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """The shop in one environment: its interpreter, and a database of one engine."""

    interpreter: Path
    project: Project

    @property
    def database(self) -> Database:
        return self.project.database

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the interpreter in the project, with nothing on its path but the project."""
        kept = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")}
        kept |= {"DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(self.project.root)}
        return subprocess.Popen(
            [self.interpreter, "-B", *arguments],
            cwd=self.project.root,
            env=kept,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, expect: int = 0) -> str:
        """What it prints. Raises AssertionError for another exit code, or a traceback."""
        started = self.command(*arguments)
        out, err = started.communicate(timeout=120)
        assert started.returncode == expect, f"{arguments}: exit {started.returncode}\n{out}{err}"
        assert "Traceback" not in err, err
        return out + err

    def migrate(self, *, expect: int = 0) -> str:
        return self.run("-m", "django", "migrate", "--no-color", expect=expect)

    def script(self, *arguments: str, expect: int = 0) -> dict[str, Any]:
        """The line about the database."""
        lines = [json.loads(line) for line in self.run(FILE_NAME, *arguments, "--json", expect=expect).splitlines()]
        return next(dict(line) for line in lines if line["type"] == "database")

    def refused(self, code: str) -> None:
        """Assert that neither a check nor a switch goes through, and that nothing is written."""
        before = self.database.dump()
        for action in ("check", "switch"):
            assert self.script(action, expect=5)["code"] == code
        assert self.database.dump() == before

    def forget(self, app: str, name: str) -> None:
        self.database.query(f"DELETE FROM django_migrations WHERE app = '{app}' AND name = '{name}'")


def fresh(at: Deployed) -> None:
    """An empty database is left to migrate, which builds it from the new files; then all begins anew with the old ones."""
    assert at.script("check")["state"] == "EMPTY"
    assert at.script("switch")["result"] == "NOTHING_TO_DO"
    at.migrate()
    assert at.script("check")["state"] == "NEW"
    at.database.empty()
    shop.restore(at.project)
    at.migrate()
    shop.reset(at.project)


def behind(at: Deployed) -> None:
    kept = at.database.rows()
    at.forget("users", "0002_nick")
    at.refused("MW-E12")
    ((number, app, name, applied),) = set(kept) - set(at.database.rows())
    at.database.query(f"INSERT INTO django_migrations VALUES ({number}, '{app}', '{name}', '{applied}')")
    assert at.database.rows() == kept


def unknown(at: Deployed) -> None:
    at.database.record("blog", "0009_hotfix")
    at.refused("MW-E13")
    assert at.script("switch", "--dry-run", "--tolerate", "blog.0009_hotfix")["result"] == "WOULD_SWITCH"
    at.forget("blog", "0009_hotfix")


def mixed(at: Deployed) -> None:
    at.database.record("users", "0001_r1_initial")
    at.refused("MW-E14")
    at.forget("users", "0001_r1_initial")


def forgotten(at: Deployed) -> None:
    before = at.database.dump()
    assert f"python {FILE_NAME} switch --database default" in at.migrate(expect=1)
    assert at.database.dump() == before


def dry_run(at: Deployed) -> None:
    before = at.database.dump()
    would = at.script("switch", "--dry-run")
    assert (would["result"], would["deleted"], would["inserted"]) == ("WOULD_SWITCH", len(shop.OLD), len(shop.NEW))
    assert at.database.dump() == before


def kill(at: Deployed) -> None:
    rows = at.database.rows()
    (at.project.root / "killed.py").write_text(KILLED)
    started = at.command("killed.py", at.database.table, FILE_NAME)
    out, err = started.communicate(timeout=120)
    assert started.returncode == -signal.SIGKILL, out + err
    assert at.database.rows() == rows


def switch_migrate_undo(at: Deployed) -> None:
    """Switch, a second run, migrate, and undo: ids and times are those of before, and the old release goes on."""
    rows = at.database.rows()
    assert at.script("switch")["result"] == "SWITCHED"
    assert set(at.database.names()) >= set(shop.NEW)
    again = at.script("switch")
    assert (again["result"], again["state"]) == ("NOTHING_TO_DO", "NEW")
    assert "No migrations to apply" in at.migrate()
    assert at.database.query("SELECT code FROM base_country") == [("AT",)]
    assert at.script("undo")["result"] == "UNDONE"
    assert at.database.rows() == rows
    shop.restore(at.project)
    assert "No migrations to apply" in at.migrate()
    shop.reset(at.project)


def two_at_once(at: Deployed) -> None:
    both = [at.command(FILE_NAME, "switch", "--json") for _ in range(2)]
    lines = [one.communicate(timeout=120)[0].splitlines() for one in both]
    assert sorted(json.loads(one[0])["result"] for one in lines) == ["NOTHING_TO_DO", "SWITCHED"]
    assert sorted(at.database.names()) == sorted([("base", "0001_initial"), *shop.NEW])


def undo_refused(at: Deployed) -> None:
    """After a migration on top of the new history."""
    at.database.record("blog", "0002_later")
    before = at.database.dump()
    assert at.script("undo", expect=5)["code"] == "MW-E32"
    assert at.database.dump() == before


TRIALS: dict[str, Callable[[Deployed], None]] = {
    "fresh": fresh,
    "behind": behind,
    "unknown": unknown,
    "mixed": mixed,
    "forgotten": forgotten,
    "dry run": dry_run,
    "kill -9": kill,
    "there and back": switch_migrate_undo,
    "two at once": two_at_once,
    "undo too late": undo_refused,
}
"""By the heading of the column, in the order in which they lead on from each other."""


def deploy(interpreter: Path, root: Path, database: Database) -> Deployed:
    """The new files, the manifest and the script, and a database that is empty."""
    shutil.rmtree(root, ignore_errors=True)
    at = Deployed(interpreter, shop.make_shop(root, database=database))
    shop.reset(at.project)
    (root / manifests.FILE_NAME).write_text(shop.shop_manifest().to_json())
    shutil.copy(script_file(), root)
    at.run("-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('migwizard') is not None)")
    return at
