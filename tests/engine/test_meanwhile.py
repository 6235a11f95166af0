"""Somebody works in the same project meanwhile: another branch, an editor, `git clean`, a database that goes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from migwizard.engine.surviving import durable, journal
from migwizard.engine.surviving.journal import Step
from migwizard.engine.talk import Event
from migwizard.errors import ConflictError
from tests.engine.persons import Person, sit_in
from tests.engine.support import Shop, changed

pytestmark = pytest.mark.ride

LATER = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clubs", "0004_roster")]
    operations = []
"""


def git(shop: Shop, *words: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *words], cwd=shop.root, env=shop.environment(), check=True, capture_output=True)


def in_git(shop: Shop) -> Shop:
    """Commit the project to main, and a branch `other` with one migration more."""
    (shop.root / ".gitignore").write_text("db.sqlite3\n")
    git(shop, "init", "-q", "-b", "main")
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "The shop")
    git(shop, "checkout", "-qb", "other")
    (shop.root / "clubs/migrations/0005_later.py").write_text(LATER)
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "Later")
    git(shop, "checkout", "-q", "main")
    return shop


def files(shop: Shop) -> dict[str, bytes]:
    return {path: data for path, data in shop.tree().items() if not path.startswith(".git")}


def forced(shop: Shop) -> None:
    """Old files come back beside the new ones, which git does not know."""
    git(shop, "checkout", "-q", "other")
    git(shop, "checkout", "-qf", "main")


def committed(shop: Shop) -> None:
    """The reset is committed on a branch of its own, and main is checked out again."""
    git(shop, "checkout", "-qb", "reset")
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "Reset")
    git(shop, "checkout", "-q", "main")


# Another branch


@pytest.mark.parametrize("leaves", [forced, committed])
def test_another_branch_between_apply_and_fake_switches_nothing(
    leaves: Callable[[Shop], None], migrated: Shop, tiny: Shop
) -> None:
    in_git(tiny).migwizard("run", "--yes", "--until", "apply")
    assert tiny.lines("status")[-1]["elsewhere"] == []
    leaves(tiny)
    assert "Files: not those that were swapped in" in tiny.migwizard("status").stderr
    for command in (("fake", "--yes"), ("fake", "--dry-run"), ("run", "--yes")):
        refused = tiny.migwizard(*command, expect=6)
        assert "is there again, and" in refused.stderr or "is not there any more, and" in refused.stderr
        assert "No row was changed" in refused.stderr and "go back to the one with the new files" in refused.stderr
        assert tiny.dump() == migrated.dump()
    if leaves is committed:
        git(tiny, "checkout", "-q", "reset")
        tiny.migwizard("run", "--yes")
        assert "No planned migration operations" in tiny.manage("migrate", "--plan").stdout
    else:
        tiny.migwizard("undo", "--yes")
        assert changed(migrated.tree(), files(tiny)) == set()
        assert tiny.dump() == migrated.dump()


def test_another_branch_between_two_steps_is_seen_and_the_first_one_goes_on(migrated: Shop, tiny: Shop) -> None:
    in_git(tiny).migwizard("run", "--yes", "--until", "proof")
    before = files(tiny)
    git(tiny, "checkout", "-q", "other")
    refused = tiny.migwizard("run", "--yes", expect=5)
    assert "it lacks clubs.0005_later" in refused.stderr and "Nothing was changed" in refused.stderr
    assert changed(before, files(tiny)) == {"clubs/migrations/0005_later.py"}
    assert tiny.dump() == migrated.dump()
    git(tiny, "checkout", "-q", "main")
    tiny.migwizard("run", "--yes")
    assert "No planned migration operations" in tiny.manage("migrate", "--plan").stdout


# Files that go, or change, under our hands


@pytest.mark.parametrize("database", ["kept", "gone"])
def test_undo_after_git_clean_took_all_that_is_not_committed(database: str, migrated: Shop, tiny: Shop) -> None:
    in_git(tiny).migwizard("run", "--yes")
    git(tiny, "clean", "-xfdq", *(("-e", "db.sqlite3") if database == "kept" else ()))
    assert not list(tiny.root.glob("*/migrations/0*"))
    refused = tiny.migwizard("undo", "--yes", expect=4)
    (run_id,) = set(re.findall(r"--run (\w+)", refused.stderr))
    if database == "gone":
        # It may have been moved away, so a person has to say that nothing of it comes back.
        assert "make an empty file there" in tiny.migwizard("undo", "--yes", "--run", run_id, expect=5).stderr
        tiny.database.touch()
    tiny.migwizard("undo", "--yes", "--run", run_id)
    assert changed(migrated.tree(), files(tiny)) == set()
    if database == "kept":
        assert tiny.dump() == migrated.dump()


class Disturbing(Person):
    """Does something to the project at the first event with these words."""

    words: str
    act: Callable[[], object]
    done = False

    def tell(self, event: Event) -> None:
        super().tell(event)
        if self.words in event.text and not self.done:
            self.done = True
            self.act()


def disturbed(shop: Shop, words: str, act: Callable[[], object]) -> list[tuple[str, int]]:
    """Sit through the ride while something else happens; the refusals that it led to, with their exit codes."""
    person = Disturbing({"apply": ["apply"], "switch:default": ["switch"]}, goes_on=True)
    person.words, person.act = words, act
    sit_in(shop, person)
    assert person.done
    return [(question.id, int(question.exit_code)) for question in person.questions if question.kind == "refusal"]


def test_a_file_that_is_edited_during_the_swap_keeps_its_edit(finished: Shop, tiny_proved: Shop) -> None:
    path = tiny_proved.root / "people/migrations/0003_rename_alias_person_nick.py"
    text = path.read_bytes()
    edit = disturbed(tiny_proved, "file 2 of", lambda: path.write_bytes(text + b"# mine\n"))
    assert edit == [("refusal:file-changed", 6)]
    assert path.read_bytes() == text + b"# mine\n"
    refused = tiny_proved.migwizard("run", "--yes", expect=6)
    assert "0003_rename_alias_person_nick.py was changed meanwhile" in refused.stderr
    assert path.read_bytes() == text + b"# mine\n"
    path.write_bytes(text)
    tiny_proved.migwizard("run", "--yes")
    assert changed(finished.tree(), tiny_proved.tree()) == set()


def test_a_file_that_is_removed_during_the_swap_goes_anyway(finished: Shop, tiny_proved: Shop) -> None:
    path = tiny_proved.root / "people/migrations/0003_rename_alias_person_nick.py"
    assert disturbed(tiny_proved, "file 2 of", path.unlink) == []
    assert {one for one in changed(finished.tree(), tiny_proved.tree()) if "migrations" in one} == set()


def test_no_step_writes_over_what_it_does_not_know(tmp_path: Path) -> None:
    folder = tmp_path / ".migwizard"
    durable.write_file(folder / "new.py", b"new")
    (tmp_path / "there.py").write_bytes(b"mine")
    for step in (
        Step("there.py", None, durable.sha256(b"new"), "new.py"),
        Step("there.py", durable.sha256(b"old"), None),
    ):
        with pytest.raises(ConflictError, match=r"there\.py was changed meanwhile"):
            journal.carry_out(tmp_path, folder, (step,))
        assert (tmp_path / "there.py").read_bytes() == b"mine"


# A database that goes


def test_a_database_that_is_removed_at_the_switch_is_not_made_anew(tiny_proved: Shop) -> None:
    tiny_proved.migwizard("run", "--yes", "--until", "apply")
    aside = tiny_proved.root.parent / "aside.sqlite3"
    gone = disturbed(tiny_proved, "default: switch", lambda: tiny_proved.database.rename(aside))
    assert gone == [("refusal:unreachable", 5)]
    assert "Database default has no file yet; migrate builds it" in tiny_proved.migwizard("run", "--yes").stderr
    assert not tiny_proved.database.exists()
    aside.rename(tiny_proved.database)
    tiny_proved.migwizard("run", "--yes")
    assert "No planned migration operations" in tiny_proved.manage("migrate", "--plan").stdout


def test_a_clock_that_goes_back_between_two_sessions(migrated: Shop, finished: Shop, tiny: Shop) -> None:
    tiny.migwizard("run", "--yes", "--until", "proof")
    for place in (tiny.root / ".migwizard").rglob("*"):
        os.utime(place, (2_000_000_000, 2_000_000_000))
    # Another day than the one of the files, and than the one on which the reset was begun.
    tiny.epoch = "1400000000"
    tiny.migwizard("run", "--yes")
    assert tiny.tree() == finished.tree()
    assert tiny.timeless_dump() == finished.timeless_dump()
    tiny.epoch = "1300000000"
    tiny.migwizard("undo", "--yes")
    assert tiny.tree() == migrated.tree()
    assert tiny.dump() == migrated.dump()


# An update of migwizard itself

UPDATED = """
import sys
from migwizard.cli import main
from migwizard.engine.steps import apply

begin = apply._begin


class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "migwizard":
            raise ModuleNotFoundError(name)


def updated(*words):
    sys.meta_path.insert(0, Gone())
    begin(*words)


apply._begin = updated
sys.exit(main(["run", "--yes"]))
"""


def test_an_update_of_migwizard_between_files_and_rows_does_not_stop_it(tiny_proved: Shop, finished: Shop) -> None:
    """From the swap on no file of migwizard is read in its own process: an update may have taken it away, or changed it."""
    done = subprocess.run(
        [sys.executable, "-c", UPDATED], cwd=tiny_proved.root, env=tiny_proved.environment(), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, "Done. Undo" in done.stderr) == (0, True), done.stderr
    assert tiny_proved.tree() == finished.tree()
