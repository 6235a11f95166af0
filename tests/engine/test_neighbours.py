"""An app that stays and names one of our old migrations keeps its foothold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.support import Shop, changed, make_project

pytestmark = pytest.mark.ride

OLD = "SELECT name FROM django_migrations WHERE app = 'things' ORDER BY name"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """`gadgets` is left out and depends on things.0002_extra; `things` needs gadgets for its third migration."""
    return make_project("pinned", tmp_path_factory.mktemp("pinned"), ("INSERT INTO things_thing VALUES (1, 'a', 'b')",))


def test_a_new_migration_stands_in_for_the_named_one(shop: Shop, tmp_path: Path) -> None:
    copy = shop.copy(tmp_path)
    report = copy.lines("run", "--yes", "--exclude", "gadgets")[-1]
    assert report["proof"]["schema_equal"]
    assert {"question": "pin:things.0002_extra", "answer": "pin", "by": "--yes"} in report["answers"]
    assert ("0002_extra",) in copy.query(OLD)
    assert "No planned migration operations" in copy.manage("migrate", "--plan").stdout
    copy.database.unlink()
    assert copy.manage("migrate", "-v0").returncode == 0
    assert copy.manage("migrate", "--check").returncode == 0


def test_a_forgotten_switch_is_stopped_behind_a_stand_in(shop: Shop, tmp_path: Path) -> None:
    # Django takes the stand-in for applied, so the guard in the file after it has to stop.
    copy = shop.copy(tmp_path)
    copy.migwizard("run", "--yes", "--exclude", "gadgets", "--until", "apply")
    before = copy.dump()
    done = copy.manage("migrate", "-v0")
    assert done.returncode != 0
    assert "migwizard fake" in done.stderr
    assert copy.dump() == before
    assert copy.migwizard("undo", "--yes").returncode == 0
    assert changed(shop.tree(), copy.tree()) == set()
