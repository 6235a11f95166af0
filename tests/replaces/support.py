"""A project whose commands run in forks of processes that have imported what these need."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests import warm
from tests.engine.support import Shop

NOTHING = "No planned migration operations"


class WarmShop(Shop):
    """The same projects, with what is asked of them here."""

    def fork(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the project."""
        return warm.django().run([*command], self.root, self.environment())

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
