"""Projects whose path or files have names that somebody may not have thought of."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.engine.layouts import app, migration, settle
from tests.engine.support import PROJECTS, Shop
from tests.engine.test_json import check
from tests.engine.test_layouts import NAME, reset

pytestmark = pytest.mark.ride

ODD = 'it\'s an "odd" pläce, 100% #1? [x] {y} ;&$HOME'
LONG = "n" * 250
NO_TEXT = os.fsdecode(b"no-text-\xff.csv")
"""A name in Latin-1, as old archives hold them."""


def tiny_at(root: Path, last: str = "0004_roster") -> Shop:
    shutil.copytree(PROJECTS / "tiny", root, ignore=shutil.ignore_patterns("__pycache__"))
    shop, folder = Shop(root), root / "clubs/migrations"
    (folder / "0004_roster.py").rename(folder / f"{last}.py")
    assert shop.manage("migrate", "-v0").returncode == 0
    return shop


@pytest.mark.parametrize("names", [(ODD, "tiny"), (LONG,)], ids=["odd", "long"])
def test_the_path_of_a_project_is_its_own_business(names: tuple[str, ...], tmp_path: Path) -> None:
    shop = tiny_at(tmp_path.joinpath(*names), f"0004_{'long' * 61}")
    (shop.root / "clubs/migrations" / NO_TEXT).touch()
    (shop.root / "fixtures").mkdir()
    (shop.root / "fixtures/clubs.json").write_text("[]")
    link = shop.root / "clubs/migrations/data"
    link.symlink_to("../../fixtures")
    reset(shop)
    assert str(link.readlink()) == "../../fixtures"
    assert not (shop.root / ".migwizard").exists()


def test_a_name_that_is_no_text_in_the_working_tree(tiny: Shop) -> None:
    for words in (("init", "-q"), ("add", "-A"), ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all")):
        assert tiny.start("git", *words).returncode == 0
    (tiny.root / NO_TEXT).touch()
    lines = tiny.lines("run", "--yes", "--until", "preflight")
    check(lines)
    assert any(r"no-text-\\xff.csv" in str(line) for line in lines), "escaped once more by str()"
    (tiny.root / "clubs/migrations" / NO_TEXT).touch()
    refused = tiny.migwizard("run", "--yes", expect=4).stderr
    assert "1 file in a migration folder is not committed: clubs/migrations/no-text-\\xff.csv." in refused


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
