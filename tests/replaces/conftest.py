"""Projects whose new files replace the old ones by name, right after the swap of the files; only to be copied."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.engine.support import make_tiny
from tests.later import workshop
from tests.replaces.support import WarmShop


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> WarmShop:
    """At its old head."""
    return WarmShop(make_tiny(tmp_path_factory.mktemp("old")).root)


@pytest.fixture(scope="session")
def applied(tiny: WarmShop, tmp_path_factory: pytest.TempPathFactory) -> WarmShop:
    """The database is still at the old head."""
    shop = tiny.copy(tmp_path_factory.mktemp("replaces"))
    shop.migwizard("run", "--yes", "--replaces", "--until", "apply")
    return shop


@pytest.fixture(scope="session", params=["switched", "by name"])
def finished(
    request: pytest.FixtureRequest, tiny: WarmShop, applied: WarmShop, tmp_path_factory: pytest.TempPathFactory
) -> WarmShop:
    """After the last step, both ways."""
    shop = (tiny if request.param == "switched" else applied).copy(tmp_path_factory.mktemp("finished"))
    shop.migwizard("run", "--yes")
    return shop


@pytest.fixture(scope="session")
def named(tmp_path_factory: pytest.TempPathFactory) -> WarmShop:
    """The workshop, of which a third party names a migration, with its younger part kept on top."""
    shop = WarmShop(workshop.write(tmp_path_factory.mktemp("workshop") / "workshop"))
    done = shop.start("env", "HALF_WAY=1", sys.executable, "manage.py", "migrate", "-v0", "shop", "0004")
    assert done.returncode == 0, done.stderr
    shutil.copy(shop.database, half_way(shop))
    assert shop.manage("migrate", "-v0").returncode == 0
    shop.migwizard("run", "--yes", "--replaces", "--keep-after", workshop.CUT, "--until", "apply")
    return shop


def half_way(shop: WarmShop) -> Path:
    """A database that has a part of what is kept."""
    return shop.root.parent / "half-way.sqlite3"
