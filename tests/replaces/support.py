"""A project whose commands run in forks of processes that have imported what these need."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.engine.support import Shop
from tests.switch.support import Warm, warm

NOTHING = "No planned migration operations"


@cache
def zygote() -> Warm:
    """The process that has migwizard."""
    return Warm(sys.executable, "-B", "-m", "tests.replaces.zygote")


class WarmShop(Shop):
    """The same projects, quicker."""

    def migwizard(self, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        done = zygote().run(["-m", "migwizard", *arguments], self.root, {**self.environment(), "NO_COLOR": "1"})
        assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.fork("manage.py", *arguments)

    def fork(self, *command: str) -> subprocess.CompletedProcess[str]:
        return warm().run([*command], self.root, {**self.environment(), "NO_COLOR": "1"})

    def copy(self, folder: Path) -> WarmShop:
        shutil.copytree(self.root.parent, folder, dirs_exist_ok=True)
        return WarmShop(folder / self.root.name)

    def check(self, *, expect: int = 0) -> str:
        """What the script says of the databases."""
        done = self.fork("migwizard_switch.py", "check")
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + done.stderr

    def assert_clean(self) -> None:
        """Nothing is to be applied, and nothing to be written."""
        assert NOTHING in self.manage("migrate", "--plan").stdout
        assert self.manage("makemigrations", "--check").returncode == 0
