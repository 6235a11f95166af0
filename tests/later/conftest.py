"""The workshop at its old head, and after a reset that keeps what is younger; not to be changed, only copied."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.engine.support import Shop
from tests.later import workshop

HEAD = "all"
STEPS = (
    ("none", ("shop", "0002")),
    ("some", ("shop", "0004")),
    (HEAD, ()),
)
"""How a database comes to its old head; at each step a copy of it is kept under the name."""


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Migrated with the old files; beside it lie databases that are not as far."""
    shop = Shop(workshop.write(tmp_path_factory.mktemp("workshop") / "workshop"))
    for name, target in STEPS:
        # A handler of the project looks for the tables of today.
        done = shop.start("env", "HALF_WAY=1", sys.executable, "manage.py", "migrate", "-v0", *target)
        assert done.returncode == 0, done.stderr
        shutil.copy(shop.database, beside(shop, name))
    return shop


@pytest.fixture(scope="session")
def reset(old: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """After the swap of the files, before any switch."""
    shop = old.copy(tmp_path_factory.mktemp("reset"))
    shop.migwizard("run", "--yes", "--keep-after", workshop.CUT, "--until", "apply")
    return shop


def beside(shop: Shop, name: str) -> Path:
    return shop.root.parent / f"{name}.sqlite3"


def at(shop: Shop, name: str, folder: Path) -> Shop:
    """A copy of the project with one of the databases."""
    found = shop.copy(folder)
    shutil.copy(beside(found, name), found.database)
    return found
