"""Databases whose files are in git alone: back from a reset that was taken back after they were switched, or forward to the old
head after the reset was pulled."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from migwizard.engine.swapping.committed import NAMES
from migwizard.engine.switching import histories, pulled, takenback, torn
from migwizard.switch.manifest import from_json
from tests.engine.persons import Person, sit_down, sitting
from tests.engine.pulling import IGNORED, commit, keep_in_git, run_line, way_back
from tests.engine.refusing import git, own_surroundings, refused  # noqa: F401 - a fixture
from tests.engine.support import Shop
from tests.switch.engines import Sqlite

pytestmark = pytest.mark.ride


@pytest.fixture
def pulled_back(migrated: Shop, finished: Shop, tmp_path: Path) -> Shop:
    """Their database is switched, the commit of the reset is reverted."""
    shop = migrated.copy(tmp_path)
    keep_in_git(shop, migrated, finished)
    assert shop.start(sys.executable, NAMES[1], "switch", "--all").returncode == 0
    git(shop.root, "revert", "--no-edit", "HEAD")
    return shop


def test_preflight_says_that_the_reset_was_taken_back_and_what_leads_back(migrated: Shop, pulled_back: Shop) -> None:
    assert "already exists" in pulled_back.manage("migrate").stderr
    error = pulled_back.lines("run", "--yes", expect=5)[-1]
    assert error["code"] == "MW-E13"
    assert "was switched to the reset" in error["sentence"]
    assert "which is not in this checkout" in error["sentence"]
    assert "tolerate" not in " ".join([error["sentence"], *error["cures"]])
    run_line(pulled_back, way_back("\n".join(error["cures"])))
    assert pulled_back.dump() == migrated.dump()
    assert "No migrations to apply" in pulled_back.manage("migrate").stdout


def test_the_wizard_offers_the_way_back_and_not_to_tolerate(pulled_back: Shop) -> None:
    question = refused(sit_down(pulled_back.root, Person()), "MW-E13", "default is at a reset that is not here", 5)
    keys = [choice.key for choice in question.choices]
    assert keys == ["steps", "again", "rows", "skip:default", "quit"]
    assert NAMES[1] in str(question.choices[0].shows)


def test_so_it_is_where_the_reset_is_on_another_branch(migrated: Shop, pulled_back: Shop) -> None:
    git(pulled_back.root, "checkout", "-q", "-b", "other", "HEAD~2")
    error = pulled_back.lines("run", "--yes", expect=5)[-1]
    run_line(pulled_back, way_back("\n".join(error["cures"])))
    assert pulled_back.dump() == migrated.dump()


def test_where_git_does_not_know_the_reset_any_checkout_is_meant_that_has_it(pulled_back: Shop) -> None:
    git(pulled_back.root, "checkout", "-q", "--orphan", "new")
    subprocess.run(["rm", "-rf", ".git"], cwd=pulled_back.root, check=True)
    error = pulled_back.lines("run", "--yes", expect=5)[-1]
    assert error["cures"][0].endswith(f"take it back: python {NAMES[1]} undo --database default")


@pytest.mark.parametrize(("command", "expect"), [("undo", 0), ("fake", 2)])
def test_commands_that_look_at_no_database_say_it_in_words(
    migrated: Shop, pulled_back: Shop, command: str, expect: int
) -> None:
    said = pulled_back.migwizard(command, expect=expect).stderr
    assert "A database that was switched to the reset" in said
    run_line(pulled_back, way_back(said).replace("ALIAS", "default"))
    assert pulled_back.dump() == migrated.dump()


def test_status_says_it_as_long_as_a_database_is_there_that_was_switched(pulled_back: Shop) -> None:
    line = way_back(pulled_back.migwizard("status").stderr)
    assert "--database default &&" in line
    run_line(pulled_back, line)
    assert "git checkout" not in pulled_back.migwizard("status").stderr
    assert "taken_back" not in pulled_back.lines("status")[-1]


def test_nothing_of_it_is_said_where_the_reset_was_retired(pulled_back: Shop) -> None:
    git(pulled_back.root, "reset", "-q", "--hard", "HEAD~1")
    git(pulled_back.root, "rm", "-q", *NAMES)
    commit(pulled_back, "retire")
    assert "git checkout" not in pulled_back.migwizard("status").stderr
    assert "git checkout" not in pulled_back.migwizard("undo").stderr


def test_the_script_of_another_reset_does_not_offer_to_tolerate_its_rows(pulled_back: Shop) -> None:
    """What it would do without these rows is not known; the other reset has to be taken back."""
    old = pulled_back.database.read_bytes()
    fresh = pulled_back.copy(pulled_back.root.parent / "fresh")
    fresh.database.unlink()
    fresh.manage("migrate", "-v0")
    fresh.epoch = "1700000000"
    (fresh.root / "pyproject.toml").write_text('[tool.migwizard]\ntag = "second"\n')
    fresh.migwizard("run", "--yes")
    fresh.database.write_bytes(old)
    done = fresh.start(sys.executable, NAMES[1], "switch", "--all")
    assert done.returncode == 5
    assert "was switched to the reset" in done.stderr
    assert "--tolerate" not in done.stderr


@pytest.mark.parametrize("committed", [True, False])
def test_the_maker_hears_what_undo_leaves_to_do(
    migrated: Shop, finished: Shop, tmp_path: Path, committed: bool
) -> None:
    """The commit of the reset stays in git, and databases that others switched are known to nobody here."""
    maker = finished.copy(tmp_path)
    (maker.root / ".gitignore").write_text(IGNORED)
    git(maker.root, "init", "-q")
    for path in NAMES if not committed else ():
        with (maker.root / ".gitignore").open("a") as stream:
            stream.write(f"{path}\n")
    commit(maker, "reset")
    done = maker.migwizard("undo", "--yes").stderr
    assert "as it was before the reset." in done
    assert ("git revert" in done, f"python {NAMES[1]} undo --database ALIAS" in done) == (committed, committed)
    if committed:
        head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=maker.root, capture_output=True, text=True)
        assert f"git revert {head.stdout.strip()} would" in done
    assert maker.dump() == migrated.dump()


def test_where_a_commit_took_it_back_its_maker_has_nothing_left_to_undo(
    migrated: Shop, finished: Shop, tmp_path: Path
) -> None:
    """What was made since comes after the old history, and is on top of nothing that undo takes away."""
    maker = finished.copy(tmp_path)
    keep_in_git(maker, migrated, finished)
    assert maker.start(sys.executable, NAMES[1], "undo", "--database", "default").returncode == 0
    git(maker.root, "revert", "--no-edit", "HEAD")
    later = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [('clubs', '0004_roster')]\n"
    (maker.root / "clubs/migrations/0005_more.py").write_text(later)
    assert maker.manage("migrate", "-v0").returncode == 0
    tree, dump = maker.tree(), maker.dump()
    assert maker.lines("run", "--yes", expect=6)[-1]["code"] == "not-applied"
    person, _ = sitting(maker, {"resume": ["undo"], "undo:": ["quit"]})
    assert [choice.key for choice in person.asked("undo:").choices] == ["keep", "remove"]
    said = maker.migwizard("undo", "--yes").stderr
    assert "Removed the reset's own folder; nothing else had to be taken back." in said
    assert (maker.tree(), maker.dump()) == (tree, dump)
    assert not (maker.root / ".migwizard").exists()


def test_who_is_behind_and_pulled_the_reset_gets_a_line_that_works(migrated: Shop, pulled_back: Shop) -> None:
    shop = pulled_back
    git(shop.root, "reset", "-q", "--hard", "HEAD~1")
    before = subprocess.run(
        ["git", "rev-parse", "HEAD~1"], cwd=shop.root, capture_output=True, text=True
    ).stdout.strip()
    manifest = shop.root / NAMES[0]
    manifest.write_text(replace(from_json(manifest.read_text()), release=before).to_json())
    commit(shop, "its release")
    shop.database.write_bytes(migrated.database.read_bytes())
    (name,) = shop.query("SELECT MAX(name) FROM django_migrations WHERE app = 'clubs'")
    git(shop.root, "checkout", "-q", before)
    shop.manage("migrate", "clubs", "0003", "-v0")
    git(shop.root, "checkout", "-q", "-")
    refused = shop.start(sys.executable, NAMES[1], "switch", "--all")
    assert refused.returncode == 5
    assert f"it lacks clubs.{name[0]}" in refused.stderr
    told = shop.lines("fake", expect=5)[-1]["cures"]
    assert f"git checkout {before[:12]} && python manage.py migrate --database default && git checkout -" in told[0]
    manifest.write_text(replace(from_json(manifest.read_text()), release="").to_json())
    assert shop.lines("fake", expect=5)[-1]["cures"] == told, "git knows the commit before that of the manifest, too"
    git(shop.root, "checkout", "--", NAMES[0])
    (line,) = [line for line in refused.stderr.splitlines() if "git checkout" in line]
    run_line(shop, line[line.index("git checkout") :])
    assert shop.start(sys.executable, NAMES[1], "switch", "--all").returncode == 0


def test_what_is_printed_for_a_shell_or_for_sql_takes_any_name(tmp_path: Path) -> None:
    odd = "it's one of hers"
    lines = (pulled.take_back(odd), takenback.cures(tmp_path, odd, "7d44")[0], histories.migrate_first(odd))
    assert all(odd in shlex.split(line.partition(": ")[2] or line) for line in lines)
    database = Sqlite(tmp_path / "db").make([])
    (record,) = re.findall("INSERT INTO .*?;", torn.told("default", [("shop", odd)])[-1])
    database.query(record)
    assert database.names() == [("shop", odd)]
