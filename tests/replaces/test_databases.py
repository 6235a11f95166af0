"""New files that replace the old ones by name: what a plain migrate, the script and undo do with each kind of database."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.engine.pulling import keep_in_git, run_line, way_back
from tests.engine.refusing import git
from tests.later.workshop import CUT
from tests.replaces.conftest import half_way
from tests.replaces.support import NOTHING, WarmShop

ROWS = "SELECT app, name FROM django_migrations ORDER BY id"


def replaced(shop: WarmShop) -> Iterator[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """What each file of the tree says that it replaces."""
    for path in sorted(shop.root.glob("*/migrations/0*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "replaces":
                yield (path.parts[-3], path.stem), ast.literal_eval(node.value)


def test_every_old_name_stands_in_exactly_one_new_file_of_its_app(tiny: WarmShop, applied: WarmShop) -> None:
    found = dict(replaced(applied))
    files = {(path.parts[-3], path.stem) for path in applied.root.glob("*/migrations/0*.py")}
    old = {(path.parts[-3], path.stem) for path in tiny.root.glob("*/migrations/0*.py")}
    assert found.keys() == files
    assert sorted(name for names in found.values() for name in names) == sorted(old)
    assert not {app for (app, _), names in found.items() for other, _ in names if other != app}
    newest = [names for (app, _), names in found.items() if app == "clubs"][-1]
    assert newest == [("clubs", "0004_roster")], "a database that lacks it has to meet a guard"


def test_at_the_old_head_a_plain_migrate_runs_nothing_and_records_all(applied: WarmShop, tmp_path: Path) -> None:
    shop = applied.copy(tmp_path)
    rows, dumped = shop.query(ROWS), shop.dump()
    assert "A plain migrate records them by itself" in shop.check()
    assert shop.dump() == dumped
    done = shop.manage("migrate")
    assert "No migrations to apply" in done.stdout, done.stdout + done.stderr
    arrived = [row for row in shop.query(ROWS) if row not in rows]
    assert sorted(arrived) == sorted(node for node, _ in replaced(shop))
    assert [line for line in shop.dump() if line not in dumped and "django_migrations" not in line] == []
    assert "is at the new history" in shop.check()
    shop.assert_clean()
    assert shop.lines("fake", "--yes")[-1]["databases"]["default"]["state"] == "NEW"
    shop.migwizard("undo", "--yes")
    assert shop.query(ROWS) == rows
    assert NOTHING in shop.manage("migrate", "--plan").stdout


def test_a_switch_adds_rows_and_undo_takes_them_away_again(tiny: WarmShop, applied: WarmShop, tmp_path: Path) -> None:
    shop = applied.copy(tmp_path)
    rows = shop.query(ROWS)
    result = shop.lines("fake", "--yes")[-1]["databases"]["default"]
    assert (result["result"], result["deleted"], result["inserted"]) == ("SWITCHED", 0, 4)
    assert shop.query(ROWS)[: len(rows)] == rows
    shop.assert_clean()
    shop.migwizard("undo", "--yes")
    assert shop.tree() == tiny.tree()
    assert shop.dump() == tiny.dump()


@pytest.mark.parametrize("first", [(), ("clubs", "0001")])
def test_a_new_database_gets_everything_be_it_in_two_goes(
    applied: WarmShop, tmp_path: Path, first: tuple[str, ...]
) -> None:
    shop = applied.copy(tmp_path)
    shop.database.unlink()
    if first:
        assert shop.manage("migrate", "-v0", *first).returncode == 0
        assert "a part of the new history" in shop.check()
    done = shop.manage("migrate", "-v0")
    assert done.returncode == 0, done.stderr
    assert shop.query("SELECT count(*) FROM clubs_club") == [(3,)], "the seeds"
    assert shop.query("SELECT name FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY 1") == [
        ("clubs_count",),
        ("clubs_roster",),
    ]
    assert "is at the new history" in shop.check()
    shop.assert_clean()


@pytest.mark.parametrize("target", [("people", "0002"), ("clubs", "0003")])
def test_a_database_that_is_behind_is_stopped_and_check_names_what_it_lacks(
    tiny: WarmShop, applied: WarmShop, tmp_path: Path, target: tuple[str, str]
) -> None:
    old = tiny.copy(tmp_path / "old")
    old.database.unlink()
    assert old.manage("migrate", "-v0", *target).returncode == 0
    shop = applied.copy(tmp_path / "new")
    shutil.copy(old.database, shop.database)
    dumped = shop.dump()
    stopped = shop.manage("migrate")
    assert stopped.returncode != 0
    assert "is behind: of the migrations before the reset it lacks" in stopped.stderr
    assert "clubs.0004_roster" in shop.check(expect=5)
    assert shop.dump() == dumped, "nothing was written"


def test_a_row_without_what_it_replaces_is_no_new_history(applied: WarmShop, tmp_path: Path) -> None:
    shop = applied.copy(tmp_path)
    assert shop.manage("migrate", "-v0").returncode == 0
    shop.query("DELETE FROM django_migrations WHERE app = 'clubs' AND name = '0001_initial'")
    said = shop.check(expect=5)
    assert "records a part of what clubs.0001_reset_initial replaces, and lacks clubs.0001_initial" in said
    assert "MW-E14" in said


def test_papers_say_what_it_cannot_guard(applied: WarmShop) -> None:
    proof = " ".join((applied.root / ".migwizard/proof.txt").read_text().split())
    assert "each of 7 old names stands in the replaces of exactly one of 4 new files" in proof
    assert "a plain migrate ran none of them and recorded them all" in proof
    assert "Django passes over such a file without a word" in proof
    manifest = json.loads((applied.root / "migwizard_manifest.json").read_text())
    assert {
        tuple(name.split(".")): [tuple(old) for old in names] for name, names in manifest["replaces"].items()
    } == dict(replaced(applied))


def test_an_edit_of_what_a_file_replaces_does_not_pass_the_proof(tiny: WarmShop, tmp_path: Path) -> None:
    shop = tiny.copy(tmp_path)
    shop.migwizard("run", "--yes", "--replaces", "--until", "seeds")
    seed = next(shop.staging.glob("clubs/*seed.py"))
    seed.write_text(seed.read_text().replace('("clubs", "0004_roster"),', ""))
    refused = shop.migwizard("run", "--yes", "--until", "proof", expect=1)
    assert "does not replace what it has to: clubs.0004_roster" in refused.stderr
    back = shop.lines("run", "--yes", "--no-replaces", "--until", "seeds")
    assert back[-1]["state"] == "seeds"
    assert "replaces = " not in (shop.staging / "clubs/0001_reset_initial.py").read_text()


def test_an_app_with_more_new_files_than_old_names_is_refused(tiny: WarmShop, tmp_path: Path) -> None:
    shop = tiny.copy(tmp_path)
    for name in ("0002_first_clubs", "0003_club_members", "0004_roster"):
        (shop.root / f"clubs/migrations/{name}.py").unlink()
    refused = shop.migwizard("plan", "--replaces", expect=1)
    assert "has 1 old migration and 2 new files" in refused.stderr
    assert "--no-replaces" in refused.stderr


def test_what_third_parties_name_and_what_is_kept_live_with_it(named: WarmShop, tmp_path: Path) -> None:
    found: Mapping[tuple[str, str], list[tuple[str, str]]] = dict(replaced(named))
    assert found["people", "0002_reset_links_to_shop"] == [("people", "0001_initial")], "the tracker names it"
    assert not {name for names in found.values() for name in names} & {
        ("shop", "0003_product"),
        ("people", "0003_nick"),
    }
    shop = named.copy(tmp_path)
    rows = shop.query(ROWS)
    assert shop.lines("fake", "--yes")[-1]["databases"]["default"]["result"] == "SWITCHED"
    shop.assert_clean()
    done = shop.fork("migwizard_switch.py", "undo")
    assert (done.returncode, shop.query(ROWS)) == (0, rows), done.stderr
    assert "No migrations to apply" in shop.manage("migrate").stdout
    shop.assert_clean()
    done = shop.fork("migwizard_switch.py", "undo")
    assert (done.returncode, shop.query(ROWS)) == (0, rows), "what migrate recorded goes without any backup"
    shutil.copy(half_way(shop), shop.database)
    assert "A plain migrate records them by itself" in shop.check()
    planned = [line for line in shop.manage("migrate", "--plan").stdout.splitlines()[1:] if line[0] != " "]
    assert [name for name in planned if name.split(".")[0] in ("people", "shop", "blog")] == [
        "people.0003_nick",
        "blog.0001_initial",
        "shop.0005_no_price",
    ]
    done = shop.manage("migrate", "-v0")
    assert done.returncode == 0, done.stderr
    shop.assert_clean()
    assert f"since {CUT}" in (shop.root / ".migwizard/proof.txt").read_text()


def test_the_guard_goes_through_no_registry(applied: WarmShop) -> None:
    """Late rendering has to end where something goes through all models."""
    texts = [path.read_text() for path in applied.root.glob("*/migrations/0*.py")]
    assert [text for text in texts if "class StopIfNotSwitched" in text]
    assert not [text for text in texts if "get_models(" in text]


def test_files_of_a_reset_that_was_taken_back_are_no_unknown_rows(
    tiny: WarmShop, applied: WarmShop, tmp_path: Path
) -> None:
    """`migrate` recorded them by name, so no backup in the database says which reset they are of; git does."""
    shop = tiny.copy(tmp_path)
    keep_in_git(shop, tiny, applied)
    assert shop.manage("migrate", "-v0").returncode == 0
    git(shop.root, "revert", "--no-edit", "HEAD")
    error = shop.lines("run", "--yes", "--until", "preflight", expect=5)[-1]
    assert error["code"] == "MW-E13"
    assert "records files of the reset" in error["sentence"]
    run_line(shop, way_back("\n".join(error["cures"])))
    assert shop.query(ROWS) == tiny.query(ROWS)
