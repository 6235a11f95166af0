"""Projects whose path or files have names that somebody may not have thought of."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.engine.layouts import app, migration, settle
from tests.engine.support import PROJECTS, Shop
from tests.engine.test_layouts import NAME, reset

pytestmark = pytest.mark.ride

ODD = 'it\'s an "odd" pläce, 100% #1? [x] {y} ;&$HOME'
LONG = "n" * 250


def tiny_at(root: Path, last: str = "0004_roster") -> Shop:
    shutil.copytree(PROJECTS / "tiny", root, ignore=shutil.ignore_patterns("__pycache__"))
    shop, folder = Shop(root), root / "clubs/migrations"
    (folder / "0004_roster.py").rename(folder / f"{last}.py")
    assert shop.manage("migrate", "-v0").returncode == 0
    return shop


@pytest.mark.parametrize("names", [(ODD, "tiny"), (LONG,)], ids=["odd", "long"])
def test_the_path_of_a_project_is_its_own_business(names: tuple[str, ...], tmp_path: Path) -> None:
    shop = tiny_at(tmp_path.joinpath(*names), f"0004_{'long' * 61}")
    reset(shop)
    assert not (shop.root / ".migwizard").exists()


def test_a_path_too_long_for_scratch_databases_is_refused(tmp_path: Path) -> None:
    """SQLite opens no file whose path has more than 512 bytes: the project's own is below that, ours would not be."""
    left = 500 - len(str(tmp_path)) - len("/db.sqlite3")
    shop = tiny_at(tmp_path / ("n" * (left // 2 - 1)) / ("n" * (left // 2 - 1)))
    before = shop.tree()
    refused = shop.migwizard("run", "--yes", expect=5)
    assert "No scratch database can be made" in refused.stderr and "Nothing was changed" in refused.stderr
    assert shop.tree() == before
    assert not (shop.root / ".migwizard").exists()


def test_two_files_that_differ_only_by_case(tmp_path: Path) -> None:
    files = app("stock", "Item", name=NAME)
    for name, needs in (("0002_rows", "0001_initial"), ("0002_Rows", "0002_rows"), ("0002_ROWS", "0002_Rows")):
        files[f"stock/migrations/{name}.py"] = migration("", ("stock", needs))
    (tmp_path / "A").mkdir()
    if (tmp_path / "a").exists():
        pytest.skip("names that differ only by case are one name here")
    found = reset(settle(tmp_path / "site", files, ["stock"]))
    assert {"stock/migrations/0002_rows.py", "stock/migrations/0002_ROWS.py"} < found["gone"]
