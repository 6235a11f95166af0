"""A colleague's checkout: the new files and the manifest came with the branch, the reset was made elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from migwizard.engine.switching import pulled
from migwizard.errors import ConflictError
from migwizard.switch import manifest, script
from tests.engine.persons import Person, sit_down
from tests.engine.refusing import cured, git, own_surroundings, refused, then  # noqa: F401 - a fixture
from tests.engine.support import Shop, make_project

pytestmark = pytest.mark.ride


@pytest.fixture
def colleague(migrated: Shop, finished: Shop, tmp_path: Path) -> Shop:
    """What is committed, and a database at the old head."""
    ignored = shutil.ignore_patterns(".migwizard", migrated.database.name)
    shutil.copytree(finished.root, tmp_path / "shop", ignore=ignored)
    shutil.copy(migrated.database, tmp_path / "shop")
    return Shop(tmp_path / "shop")


def test_their_database_is_switched_by_the_manifest_and_nothing_else_is_written(colleague: Shop) -> None:
    tree, dump = colleague.tree(), colleague.dump()
    told = colleague.migwizard("status").stderr
    assert "came with the checkout; its manifest switches databases here." in told
    assert "Database default is at the old head: all old migrations are applied, and it is not switched yet." in told

    # Nobody answers, so nothing happens: the question is the one of every switch.
    refused = colleague.lines("fake", expect=4)[-1]
    assert refused["code"] == "switch:default"
    would = colleague.lines("fake", "--dry-run")[-1]["databases"]["default"]
    assert would["result"] == "WOULD_SWITCH"
    assert colleague.dump() == dump

    done = colleague.migwizard("fake", "--yes").stderr
    assert f"Database default is switched: {would['deleted']} rows of django_migrations went out" in done
    assert f"python {script.FILE_NAME} undo --database default" in done
    assert "No migrations to apply" in colleague.manage("migrate").stdout
    assert colleague.lines("status")[-1]["databases"] == {"default": "NEW"}
    assert colleague.tree() == tree
    assert not (colleague.root / ".migwizard").exists()

    # No reset was made here, so undo names what takes it back.
    command = f"{script.FILE_NAME} undo --database"
    assert f"python {command} ALIAS" in colleague.migwizard("undo").stderr
    assert colleague.start(sys.executable, *command.split(), "default").returncode == 0
    assert colleague.dump() == dump


def test_a_database_that_is_behind_is_refused(colleague: Shop) -> None:
    colleague.query(
        "DELETE FROM django_migrations WHERE id = (SELECT MAX(id) FROM django_migrations WHERE app = 'clubs')"
    )
    dump = colleague.dump()
    refused = colleague.lines("fake", "--yes", expect=5)[-1]
    assert refused["code"] == "MW-E12"
    assert "clubs." in refused["sentence"]
    assert colleague.dump() == dump
    assert not (colleague.root / ".migwizard").exists()


def test_one_whose_old_history_is_torn_is_told_how_the_row_comes_back(colleague: Shop) -> None:
    """The old release's migrate refuses it. Without the old files nobody knows that it will, so it is tried first."""
    (row,) = colleague.query("SELECT name FROM django_migrations WHERE app = 'clubs' AND name LIKE '0002%'")
    colleague.query(f"DELETE FROM django_migrations WHERE app = 'clubs' AND name = '{row[0]}'")
    refused = colleague.lines("fake", "--yes", expect=5)[-1]
    assert refused["code"] == "MW-E12"
    told = " ".join(refused["cures"])
    assert refused["cures"][0].startswith("Check the old release out in another folder")
    assert f"and not clubs.{row[0]}, which comes before it" in told
    assert "InconsistentMigrationHistory" in told
    (record,) = re.findall("INSERT INTO .*?;", told)
    colleague.query(record)
    colleague.migwizard("fake", "--yes")


def test_one_that_is_torn_in_an_app_of_others_is_told_as_well(tmp_path: Path) -> None:
    made = make_project("seeds_groups", tmp_path / "made")
    before = made.database.read_bytes()
    made.migwizard("run", "--yes")
    shutil.copytree(made.root, tmp_path / "shop", ignore=shutil.ignore_patterns(".migwizard"))
    colleague = Shop(tmp_path / "shop")
    colleague.database.write_bytes(before)
    colleague.query("DELETE FROM django_migrations WHERE name = '0011_update_proxy_permissions'")
    told = " ".join(colleague.lines("fake", "--yes", expect=5)[-1]["cures"])
    assert "torn before any reset" in told
    assert "('auth', '0011_update_proxy_permissions'" in told


def test_one_that_lost_a_column_is_refused(colleague: Shop) -> None:
    """The histories are not here, so the columns that the manifest lists are all that it can be held against."""
    colleague.query("ALTER TABLE people_person RENAME COLUMN nick TO other")
    dump = colleague.dump()
    refused = colleague.lines("fake", "--yes", expect=5)[-1]
    assert refused["code"] == "MW-E22"
    assert "people_person.nick" in refused["sentence"]
    assert colleague.dump() == dump


def test_a_second_reset_waits_until_the_databases_here_are_at_the_first(colleague: Shop) -> None:
    tree, dump = colleague.tree(), colleague.dump()
    theirs = manifest.from_json((colleague.root / manifest.FILE_NAME).read_text())
    question = refused(
        sit_down(colleague.root, Person()), "not-switched", "default is from before the earlier reset", 5
    )
    assert f"the reset {theirs.run_id} of {theirs.created[:10]}" in question.text
    assert question.choices[0].shows == "migwizard fake --database default\n"
    assert [choice.key for choice in question.choices] == ["switch", "again", "quit"]
    found = colleague.lines("run", "--yes", expect=5)[-1]
    assert found["cures"] == ["Switch it: migwizard fake --database default"]
    assert (colleague.tree(), colleague.dump()) == (tree, dump)

    person = Person(
        {
            "refusal:not-switched": [then(lambda: colleague.migwizard("fake", "--yes"), "again")],
            "dirty-elsewhere": ["go-on"],
        }
    )
    sit_down(colleague.root, person)
    noted = [each for each in person.events if each.kind == "finding" and each.data["name"] == "Earlier reset"][-1]
    assert (noted.data["status"], noted.text) == (
        "note",
        f"{theirs.run_id}: every database needs it first",
    )
    assert colleague.lines("status")[-1]["databases"] == {"default": "NEW"}

    # Nothing came on top, so there is nothing to reset, and nobody's manifest is replaced unasked.
    assert person.ids[-1] == "second"
    told = colleague.migwizard("run", "--yes").stderr
    assert f"Nothing to reset: the migrations are those of the reset {theirs.run_id} of" in told
    assert (colleague.lines("run", "--yes")[-1]["nothing"], colleague.tree()) == (True, tree)
    assert not (colleague.root / ".migwizard").exists()


def test_one_that_is_behind_the_first_reset_is_told_how_it_gets_there(colleague: Shop) -> None:
    colleague.query("DELETE FROM django_migrations WHERE app = 'clubs' AND name = '0004_roster'")
    found = colleague.lines("run", "--yes", expect=5)[-1]
    assert found["code"] == "not-switched"
    assert found["cures"][0] == "Switch it: migwizard fake --database default"
    assert "old release" in found["cures"][1]


def test_a_second_reset_that_was_begun_does_not_hide_the_first(colleague: Shop) -> None:
    old = colleague.database.read_bytes()
    colleague.migwizard("fake", "--yes")
    told = colleague.second("--until", "preflight").stderr
    assert "stands in this checkout (migwizard_manifest.json)" in told
    colleague.database.write_bytes(old)
    told = colleague.migwizard("status").stderr
    assert "the next step is graph" in told
    assert "Database default is at the old head: all old migrations are applied, and it is not switched yet." in told
    assert "is switched" in colleague.migwizard("fake", "--yes").stderr


def test_nobody_promises_a_later_switch_beside_an_earlier_reset(colleague: Shop) -> None:
    colleague.database.write_bytes(b"not a database at all" * 100)
    sat = cured(colleague.root, "unreachable", "skip:default")
    (skip,) = [choice for choice in sat.person.asked("refusal:unreachable").choices if choice.key == "skip:default"]
    assert skip.effect == "it is not touched; migwizard fake switches it later only if it has had the earlier reset"
    found = [each for each in sat.person.events if each.kind == "finding" and each.data["name"] == "Databases"][-1]
    assert (found.data["status"], found.text) == ("note", "default left out")


def test_an_earlier_reset_whose_manifest_cannot_be_read_is_noted(colleague: Shop) -> None:
    colleague.migwizard("fake", "--yes")
    path = colleague.root / manifest.FILE_NAME
    path.write_text(path.read_text() + "<<<<<<< ours\n")
    person = Person({"review:preflight": ["quit"]}, goes_on=True)
    assert sit_down(colleague.root, person).left
    noted = [each for each in person.events if each.kind == "finding" and each.data["name"] == "Earlier reset"]
    assert [(each.data["status"], each.text) for each in noted] == [
        ("note", f"its {manifest.FILE_NAME} cannot be read")
    ]
    assert f"Take it from git: git checkout -- {manifest.FILE_NAME}" in noted[0].data["detail"]
    assert "this is not a manifest" in noted[0].data["detail"]


def test_a_manifest_with_a_conflict_comes_from_one_side_of_it(tmp_path: Path) -> None:
    """Git gives no file back from a path that is not merged, unless it is told which one."""
    path = tmp_path / manifest.FILE_NAME
    git(tmp_path, "init", "-qb", "main")
    for branch, text in (("main", "{}"), ("ours", "ours"), ("theirs", "theirs")):
        if branch != "main":
            git(tmp_path, "checkout", "-qb", branch, "main")
        path.write_text(text)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-qm", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(tmp_path, "merge", "ours")
    with pytest.raises(ConflictError) as caught:
        pulled.find(tmp_path)
    for cure, text in zip(caught.value.cures, ("theirs", "ours"), strict=True):
        git(tmp_path, *cure.partition(": git ")[2].split())
        assert path.read_text() == text


def test_without_all_new_files_or_with_a_spoilt_manifest_nothing_is_switched(colleague: Shop) -> None:
    dump = colleague.dump()
    gone = next((colleague.root / "clubs/migrations").glob("*_reset_*.py"))
    gone.rename(colleague.root / "elsewhere.txt")
    refused = colleague.lines("fake", "--yes", expect=6)[-1]
    assert refused["code"] == "not-applied"
    assert f"clubs.{gone.stem}" in refused["sentence"]
    path = colleague.root / manifest.FILE_NAME
    path.write_text(path.read_text() + "<<<<<<< ours\n")
    assert colleague.lines("fake", "--yes", expect=6)[-1]["code"] == "manifest"
    path.unlink()
    assert colleague.lines("fake", "--yes", expect=2)[-1]["code"] == "no-reset"
    assert colleague.dump() == dump


def test_an_app_that_was_removed_since_is_not_missed(finished: Shop, tmp_path: Path) -> None:
    written = manifest.from_json((finished.root / manifest.FILE_NAME).read_text())
    shutil.copytree(finished.root / "people", tmp_path / "people")
    (tmp_path / "clubs/migrations/__pycache__").mkdir(parents=True)
    assert not pulled.missing(tmp_path, written)
    shutil.rmtree(tmp_path / "people")
    assert len(pulled.missing(tmp_path, written)) == len(written.new_nodes), "it is of another project"


def test_an_earlier_reset_of_this_checkout_says_nothing_of_the_one_that_is_checked_out(
    finished: Shop, migrated: Shop, tmp_path: Path
) -> None:
    """Theirs has other names, and a run id of its own; ours is finished, and its folder lies here still."""
    shop = finished.copy(tmp_path)
    shutil.copy(migrated.database, shop.database)
    path = shop.root / manifest.FILE_NAME
    ours = manifest.from_json(path.read_text())
    new = tuple((app, name.replace("_reset_", "_theirs_")) for app, name in ours.new_nodes)
    path.write_text(replace(ours, run_id="0123456789ab", new_nodes=new).to_json())
    for file in [shop.root / script.FILE_NAME, *sorted(shop.root.glob("*/migrations/*.py"))]:
        text = file.read_text().replace("_reset_", "_theirs_").replace(ours.run_id, "0123456789ab")
        file.unlink()
        file.with_name(file.name.replace("_reset_", "_theirs_")).write_text(text)
    tree, dump = shop.tree(), shop.dump()
    own = {file: file.read_bytes() for file in (shop.root / ".migwizard").rglob("*") if file.is_file()}

    stands = shop.lines("status")[-1]
    assert (stands["run_id"], stands["committed"], stands["applied"]) == (ours.run_id, "0123456789ab", False)
    assert stands["databases"] == {"default": "OLD_HEAD"}
    done = shop.migwizard("fake", "--yes").stderr
    assert "The schema of default was not compared" in done
    assert f"python {script.FILE_NAME} undo --database default" in done
    assert shop.query("SELECT name FROM django_migrations WHERE name LIKE '%_theirs_%'")
    assert not shop.query("SELECT name FROM django_migrations WHERE name LIKE '%_reset_%'")
    assert "No migrations to apply" in shop.manage("migrate").stdout
    assert shop.tree() == tree
    assert {file: file.read_bytes() for file in (shop.root / ".migwizard").rglob("*") if file.is_file()} == own
    refused = shop.migwizard("undo", "--yes", expect=6).stderr
    assert "The files here are of the reset 0123456789ab" in refused
    assert f"take that one back first: python {script.FILE_NAME} undo --database ALIAS" in refused
    assert shop.start(sys.executable, script.FILE_NAME, "undo", "--database", "default").returncode == 0
    assert shop.dump() == dump
