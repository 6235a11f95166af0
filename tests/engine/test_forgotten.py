"""The new files in the tree, the switch forgotten: plain migrate stops before it writes one row."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from migwizard.engine.swapping import committed
from tests.engine.support import Shop, changed, make_project

pytestmark = pytest.mark.ride


def _assert_stopped(shop: Shop) -> subprocess.CompletedProcess[str]:
    before = shop.dump()
    stopped = shop.manage("migrate")
    assert stopped.returncode != 0
    assert shop.dump() == before
    return stopped


def test_models_and_no_third_party(tiny_proved: Shop) -> None:
    tiny_proved.migwizard("run", "--yes", "--until", "apply")
    assert "migwizard_switch.py switch --database default" in _assert_stopped(tiny_proved).stderr
    tiny_proved.migwizard("fake", "--yes")
    assert "No migrations to apply" in tiny_proved.manage("migrate").stdout


def test_an_app_with_seeds_only(tmp_path: Path) -> None:
    shop = make_project("seedonly", tmp_path)
    shop.migwizard("run", "--yes", "--until", "apply")
    assert "migwizard_switch.py switch --database default" in _assert_stopped(shop).stderr
    shop.migwizard("fake", "--yes")
    assert "No migrations to apply" in shop.manage("migrate").stdout
    assert shop.query("SELECT COUNT(*) FROM auth_group") == [(3,)]


def test_the_demo_with_third_parties_there_and_back(tmp_path: Path) -> None:
    """The demo's user model is what admin waits for; its whole reset is undone at the end."""
    started = subprocess.run(
        [sys.executable, "-m", "migwizard", "demo", str(tmp_path / "demo")], capture_output=True, check=False
    )
    assert started.returncode == 0, started.stderr
    shop = Shop(tmp_path / "demo" / "shop")
    assert shop.manage("migrate", "-v0").returncode == 0
    tree, dump = shop.tree(), shop.dump()
    report = shop.lines("run", "--yes", "--until", "apply")[-1]
    assert report["proof"]["schema_equal"]
    assert report["proof"]["rows_equal"]
    _assert_stopped(shop)
    shop.migwizard("fake", "--yes")
    assert "No migrations to apply" in shop.manage("migrate").stdout
    assert shop.lines("run", "--yes")[-1]["state"] == "done"
    assert {path for path in changed(tree, shop.tree()) if "/migrations/" not in path} == set(committed.NAMES)
    shop.migwizard("undo", "--yes")
    assert (shop.tree(), shop.dump()) == (tree, dump)
