"""Rows on top: migrations beyond both histories that have a file, of a branch or younger than the reset, stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from migwizard.switch.manifest import Node
from tests.switch import shop
from tests.switch.support import RefusedError, Worker, dump, make_database, names, query

BASE: Node = ("base", "0001_initial")
COUPONS: Node = ("blog", "0002_coupons")
LATER: Node = ("blog", "0003_later")
NOBODY: Node = ("blog", "0009_nobody")


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """New files, and two migrations of a branch that lead on from them."""
    project = shop.make_shop(tmp_path_factory.mktemp("branch"))
    shop.reset(project)
    project.write(
        {
            "blog/migrations/0002_coupons.py": shop.migration([shop.NEW[1]]),
            "blog/migrations/0003_later.py": shop.migration([COUPONS]),
        }
    )
    worker = Worker(project.root)
    yield worker
    worker.close()


def record(database: Path, node: Node) -> None:
    query(
        database, "INSERT INTO django_migrations (app, name, applied) VALUES ('{}', '{}', '2020-01-01')".format(*node)
    )


def test_a_row_with_a_file_stays_in_a_switch_and_in_its_undo(branch: Worker, tmp_path: Path) -> None:
    database = make_database(tmp_path / "db", [BASE, *shop.OLD[:2], COUPONS, *shop.OLD[2:]])
    before, row = dump(database), "SELECT * FROM django_migrations WHERE name = '0002_coupons'"
    coupons = query(database, row)
    found = branch("state", database, shop.shop_manifest())
    assert (found["state"], found["unknown"], found["on_top"]) == ("OLD_HEAD", [], [list(COUPONS)])
    done = branch("switch", database, shop.shop_manifest(), hooks={"graph": True})
    assert (done["result"], done["deleted"], done["inserted"]) == ("SWITCHED", 4, 3)
    assert names(database) == [BASE, COUPONS, *shop.NEW]
    assert query(database, row) == coupons
    assert branch("state", database, shop.shop_manifest())["saved"] == 4
    branch("undo", database, shop.shop_manifest())
    assert dump(database) == before


def test_rows_of_what_a_squash_on_top_replaced_stay(tmp_path: Path) -> None:
    project = shop.make_shop(tmp_path / "project")
    shop.reset(project)
    squash = shop.migration([shop.NEW[1]], attributes=f"    replaces = [{COUPONS!r}, {LATER!r}]\n")
    project.write({"blog/migrations/0002_squashed.py": squash})
    worker = Worker(project.root)
    try:
        database = make_database(tmp_path / "db", [BASE, *shop.OLD, COUPONS, LATER])
        found = worker("state", database, shop.shop_manifest())
        assert (found["state"], found["on_top"]) == ("OLD_HEAD", [list(COUPONS), list(LATER)])
    finally:
        worker.close()


def test_a_row_without_a_file_stays_unknown(branch: Worker, tmp_path: Path) -> None:
    database = make_database(tmp_path / "db", [BASE, *shop.OLD, COUPONS, NOBODY])
    found = branch("state", database, shop.shop_manifest())
    assert (found["code"], found["unknown"], found["on_top"]) == ("MW-E13", [list(NOBODY)], [list(COUPONS)])


def test_what_somebody_tolerated_stays_once_it_has_a_file(branch: Worker, tmp_path: Path) -> None:
    """Its migration would be applied a second time, were its row gone."""
    database = make_database(tmp_path / "db", [BASE, *shop.OLD, COUPONS])
    branch("switch", database, replace(shop.shop_manifest(), tolerate=(COUPONS,)))
    assert COUPONS in names(database)


def test_a_row_on_top_alone_is_not_an_old_head(branch: Worker, tmp_path: Path) -> None:
    database = make_database(tmp_path / "db", [BASE, COUPONS])
    assert branch("state", database, shop.shop_manifest())["state"] == "BEHIND"


def test_undo_is_refused_only_for_what_came_on_top_since(branch: Worker, tmp_path: Path) -> None:
    database = make_database(tmp_path / "db", [BASE, *shop.OLD, COUPONS])
    branch("switch", database, shop.shop_manifest())
    record(database, LATER)
    with pytest.raises(RefusedError) as refused:
        branch("undo", database, shop.shop_manifest())
    (step,) = refused.value.details.pop("steps")
    assert (step["do"], step["command"]) == ("take back", "python manage.py migrate blog 0002_coupons")
    assert (refused.value.code, refused.value.details) == (
        "MW-E32",
        {"moved": ["blog.0003_later was recorded"], "later": [["blog", "0003_later"]], "gone": []},
    )
    query(database, "DELETE FROM django_migrations WHERE name IN ('0003_later', '0002_coupons')")
    with pytest.raises(RefusedError) as refused:
        branch("undo", database, shop.shop_manifest())
    assert refused.value.details["moved"] == ["blog.0002_coupons is gone"]


def test_the_files_are_not_loaded_where_no_row_asks_for_them(worker: Worker, tmp_path: Path) -> None:
    project = shop.make_shop(tmp_path / "shop")
    project.write({"blog/migrations/0002_broken.py": "raise RuntimeError('this branch is broken')\n"})
    broken = Worker(project.root)
    try:
        at_head = make_database(tmp_path / "head", [BASE, *shop.OLD])
        assert broken("state", at_head, shop.shop_manifest())["state"] == "OLD_HEAD"
        strange = make_database(tmp_path / "strange", [BASE, *shop.OLD, NOBODY])
        with pytest.raises(RefusedError, match="this branch is broken") as refused:
            broken("state", strange, shop.shop_manifest())
        assert refused.value.code == "MW-E16"
    finally:
        broken.close()
