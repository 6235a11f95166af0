"""Real projects: the switch between two real histories, and what the files on disk say to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from migwizard.switch.manifest import Node
from tests.switch import shop
from tests.switch.engines import Database
from tests.switch.support import OTHERS, Project, RefusedError, Worker, dump, make_database, names, query

BASE: Node = ("base", "0001_initial")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop.make_shop(tmp_path / "shop")


def test_a_reset_is_switched_and_undone_under_a_live_project(tmp_path: Path, place: Database) -> None:
    manifest, project = shop.shop_manifest(), shop.make_shop(tmp_path, database=place)
    project.migrate()
    before = place.dump()
    shop.reset(project)
    with closing(Worker(project.root)) as worker:
        assert worker("state", place, manifest)["state"] == "OLD_HEAD"
        assert worker("lacking", place, manifest) == []
        more = replace(manifest, columns={"BLOG_none": ("id",), "users_user": ("NICK", "born"), "blog_post": ("id",)})
        assert worker("lacking", place, more) == ["BLOG_none", "users_user.born"]
        assert worker("lacking", place, more, options={"tables": False}) == ["users_user.born"]
        assert worker("switch", place, manifest, hooks={"graph": True})["result"] == "SWITCHED"
        assert worker("state", place, manifest)["state"] == "NEW"
        assert "No migrations to apply" in project.django("migrate").stdout
        assert place.query("SELECT code FROM base_country") == [("AT",)]
        worker("undo", place, manifest)
    assert place.dump() == before
    shop.restore(project)
    assert "No migrations to apply" in project.django("migrate").stdout


def test_the_switch_is_refused_while_the_old_files_are_in_place(project: Project, tmp_path: Path) -> None:
    project.write({"base/migrations/0002_user.py": shop.migration([BASE, shop.OLD[0]])})
    database = make_database(tmp_path / "db", [BASE, *shop.OLD, ("base", "0002_user")])
    before = dump(database)
    with closing(Worker(project.root)) as worker, pytest.raises(RefusedError) as refused:
        worker("switch", database, shop.shop_manifest(), hooks={"graph": True})
    assert refused.value.code == "MW-E16"
    assert refused.value.details == {"complaints": ["base.0002_user needs users.0001_initial"]}
    assert dump(database) == before


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """New files; blog's pins an old name, base has a squash and depends on users."""
    root = tmp_path_factory.mktemp("graph")
    project = Project(root, ["base", "users", "blog"])
    pinned = "    replaces = [('blog', '0003_x')]\n\n"
    squash = "    replaces = [('base', '0001_initial'), ('base', '0002_user')]\n\n"
    project.write(
        {
            "users/migrations/0001_r1_initial.py": shop.migration([]),
            "blog/migrations/0001_r1_initial.py": shop.migration([shop.NEW[0]], attributes=pinned),
            "base/migrations/0001_initial.py": shop.migration([]),
            "base/migrations/0002_user.py": shop.migration([BASE, shop.NEW[0]]),
            "base/migrations/0001_squashed.py": shop.migration([shop.NEW[0]], attributes=squash),
            "base/migrations/0003_pin.py": shop.migration([("base", "0002_user"), ("blog", "0003_x")]),
        }
    )
    worker = Worker(root)
    yield worker
    worker.close()


PINNED: tuple[Node, ...] = (*shop.NEW[:2], ("blog", "0003_x"))


@pytest.mark.parametrize(
    ("after", "complaints"),
    [
        ([], []),
        (OTHERS, []),
        (PINNED, []),
        ([*PINNED, BASE, ("base", "0002_user"), ("base", "0003_pin")], []),
        (
            [*PINNED, ("base", "0001_squashed"), ("base", "0001_initial"), ("base", "0002_user"), ("base", "0003_pin")],
            [],
        ),
        ([*PINNED, BASE], []),
        (
            [BASE, ("base", "0002_user"), ("base", "0001_squashed")],
            ["base.0001_squashed needs users.0001_r1_initial"],
        ),
        ([BASE], []),
        (shop.NEW[:2], ["blog.0001_r1_initial needs blog.0003_x"]),
        ([*PINNED, ("base", "0003_pin")], ["base.0003_pin needs base.0001_squashed"]),
        (PINNED[1:], ["blog.0001_r1_initial needs users.0001_r1_initial"]),
    ],
)
def test_rows_without_their_parents_are_named(graph: Worker, after: Sequence[Node], complaints: list[str]) -> None:
    orphans = [f"{'.'.join(key)} needs {'.'.join(parent)}" for key, parent in graph("graph_consistency", after=after)]
    assert orphans == complaints


def test_files_that_cannot_be_loaded_refuse_it(tmp_path: Path) -> None:
    project = Project(tmp_path, ["base"])
    project.write({"base/migrations/0001_initial.py": shop.migration([("base", "0000_gone")])})
    with closing(Worker(tmp_path)) as worker, pytest.raises(RefusedError) as refused:
        worker("graph_consistency", after=[])
    assert refused.value.code == "MW-E16" and "NodeNotFoundError" in refused.value.text


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """New files, and migrations that were written after the reset."""
    project = shop.make_shop(tmp_path_factory.mktemp("later"))
    shop.reset(project)
    project.write(
        {
            "blog/migrations/0002_coupons.py": shop.migration([shop.NEW[1]]),
            "base/migrations/0002_first.py": shop.migration([BASE, ("users", "__first__")]),
            "base/migrations/0003_named.py": shop.migration([("base", "0002_first"), shop.NEW[0]]),
        }
    )
    worker = Worker(project.root)
    yield worker
    worker.close()


def record(database: Path, app: str, name: str) -> None:
    query(database, f"INSERT INTO django_migrations (app, name, applied) VALUES ('{app}', '{name}', '2020-01-01')")


def test_a_later_migration_on_disk_is_no_stray_row(later: Worker, tmp_path: Path) -> None:
    database = make_database(tmp_path / "db", [*shop.NEW, ("blog", "0002_coupons"), ("blog", "0005_racing")])
    found = later("state", database, shop.shop_manifest())
    assert found["extra"] == [["blog", "0002_coupons"], ["blog", "0005_racing"]]
    assert ["0005_racing" in warning for warning in found["warnings"]] == [True]


def test_a_neighbour_that_builds_on_a_new_name_stops_the_undo(later: Worker, tmp_path: Path) -> None:
    manifest = shop.shop_manifest()
    database = make_database(tmp_path / "db", [BASE, *shop.OLD])
    later("switch", database, manifest)
    record(database, "base", "0002_first")
    record(database, "base", "0003_named")
    before = dump(database)
    with pytest.raises(RefusedError) as refused:
        later("undo", database, manifest)
    (step,) = refused.value.details.pop("steps")
    assert step["command"] == "python manage.py migrate base 0002_first"
    assert (refused.value.code, refused.value.details) == (
        "MW-E32",
        {"moved": ["base.0003_named needs users.0001_r1_initial"], "later": [["base", "0003_named"]], "gone": []},
    )
    assert dump(database) == before


def test_a_neighbour_that_builds_on_the_first_of_an_app_does_not(later: Worker, tmp_path: Path) -> None:
    manifest = shop.shop_manifest()
    database = make_database(tmp_path / "db", [BASE, *shop.OLD])
    later("switch", database, manifest)
    record(database, "base", "0002_first")
    later("undo", database, manifest)
    assert names(database) == [BASE, *shop.OLD, ("base", "0002_first")]
