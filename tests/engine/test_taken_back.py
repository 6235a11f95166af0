"""What is taken back is taken back whole: rows with files, nothing that others built on, no text that a person wrote."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.refusals.files import take_previous
from migwizard.engine.surviving import durable, journal
from migwizard.engine.surviving.checkpoint import load_checkpoint
from migwizard.engine.surviving.journal import Entry
from migwizard.engine.talk import Question
from migwizard.errors import MigwizardError
from migwizard.paths import Workplace
from tests.engine.persons import Act, sitting
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

SWAP = {"apply": ["apply"]}
LEFT_AT_APPLY = SWAP | {"review:apply": ["quit"]}
FIRST = "people/0001_reset_initial"


def checkpoint(shop: Shop) -> dict[str, Any]:
    found = json.loads((shop.root / ".migwizard/checkpoint.json").read_text())
    assert isinstance(found, dict)
    return found


def write_checkpoint(shop: Shop, data: dict[str, Any], name: str = "checkpoint.json") -> None:
    (shop.root / ".migwizard" / name).write_text(json.dumps(data))


def builds_on(shop: Shop, answer: str) -> Callable[[Question], str]:
    """Adds a migration on top while the question is open."""

    def act(_: Question) -> str:
        (shop.root / "people/migrations/0099_mine.py").write_text(
            "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
            '    dependencies = [("people", "0001_reset_initial")]\n    operations = []\n'
        )
        return answer

    return act


def test_the_wizard_after_a_finished_run_asks_nothing_that_was_done(tiny_proved: Shop) -> None:
    tiny_proved.migwizard("run", "--yes")
    person, _ = sitting(tiny_proved, {"review:done": ["quit"]})
    assert person.ids == ["resume", "review:done"]


def test_the_swap_taken_back_takes_switched_rows_with_it(migrated: Shop, tiny_proved: Shop) -> None:
    sitting(tiny_proved, LEFT_AT_APPLY)
    tiny_proved.migwizard("fake", "--yes")
    person, _ = sitting(tiny_proved, {"review:apply": ["back"], "review:proof": ["quit"]})
    asked = person.asked("review:apply")
    back = asked.choice("back")
    assert back is not None
    assert back.writes == "7 rows and 7 files"
    assert "No database was touched" not in asked.text
    assert "default is switched" in asked.text
    assert (tiny_proved.tree(), tiny_proved.dump()) == (migrated.tree(), migrated.dump())


def test_undo_asks_the_databases_although_the_files_are_old_again(migrated: Shop, tiny_finished: Shop) -> None:
    for app in ("people", "clubs"):
        shutil.rmtree(tiny_finished.root / app / "migrations")
        shutil.copytree(migrated.root / app / "migrations", tiny_finished.root / app / "migrations")
    data = checkpoint(tiny_finished)
    back = Entry("undo", data["run_id"], ())
    journal.begin(Workplace(tiny_finished.root).journal, back)
    journal.end(Workplace(tiny_finished.root).journal, back)
    person, _ = sitting(tiny_finished, {"resume": ["undo"], "undo:": ["quit"]})
    assert [choice.key for choice in person.asked("undo:").choices] == ["keep", "undo-fake"]
    tiny_finished.migwizard("undo", "--yes")
    assert (tiny_finished.tree(), tiny_finished.dump()) == (migrated.tree(), migrated.dump())


def test_an_older_checkpoint_learns_from_the_journal_what_was_done(migrated: Shop, tiny_finished: Shop) -> None:
    older = checkpoint(tiny_finished) | {"applied": False, "databases": {}}
    older["results"] = {
        state: older["results"][state] for state in older["results"] if state not in ("apply", "fake", "done")
    }
    write_checkpoint(tiny_finished, older, "checkpoint.previous.json")
    (tiny_finished.root / ".migwizard/checkpoint.json").write_text("{")
    place = Workplace(tiny_finished.root)
    take_previous(place)
    found = load_checkpoint(place.checkpoint, place.root)
    assert found is not None
    assert found.applied
    assert found.databases == {"default": "NEW"}
    tiny_finished.migwizard("undo", "--yes")
    assert (tiny_finished.tree(), tiny_finished.dump()) == (migrated.tree(), migrated.dump())


def test_a_backup_of_the_old_files_is_never_replaced_by_new_ones(tiny_proved: Shop) -> None:
    sitting(tiny_proved, LEFT_AT_APPLY)
    # As in a build machine: nothing tells that the tree is not the old one.
    tiny_proved.database.unlink()
    backup = {path: path.read_bytes() for path in (tiny_proved.root / ".migwizard/backup").rglob("*.py")}
    # Another run of which the journal knows nothing.
    write_checkpoint(tiny_proved, checkpoint(tiny_proved) | {"applied": False, "run_id": "0123456789ab"})
    _, end = sitting(tiny_proved, SWAP | {"second": ["reset"]})
    assert isinstance(end, MigwizardError)
    assert end.code == "checkpoint-corrupt"
    assert {path: path.read_bytes() for path in (tiny_proved.root / ".migwizard/backup").rglob("*.py")} == backup


def test_the_swap_is_not_taken_back_under_a_migration_on_top(tiny_proved: Shop) -> None:
    sitting(tiny_proved, LEFT_AT_APPLY)
    before = tiny_proved.tree()
    _, end = sitting(tiny_proved, {"review:apply": [builds_on(tiny_proved, "back")]})
    assert isinstance(end, MigwizardError)
    assert end.code == "built-on"
    assert tiny_proved.tree().keys() - before.keys() == {"people/migrations/0099_mine.py"}
    assert before.keys() <= tiny_proved.tree().keys()


def test_a_database_that_the_script_switched_is_not_left_behind(migrated: Shop, tiny_proved: Shop) -> None:
    """It lies outside of the project, and nothing but its rows tells of the switch."""
    sitting(tiny_proved, LEFT_AT_APPLY)
    outside = tiny_proved.root.parent / "production.sqlite3"
    tiny_proved.database.rename(outside)
    tiny_proved.edit("config/settings.py", 'BASE_DIR / "db.sqlite3"', f'"{outside}"')
    script = ("migwizard_switch.py", "switch", "--database", "default")
    assert tiny_proved.start(sys.executable, *script).returncode == 0
    before = tiny_proved.tree()
    said = tiny_proved.migwizard("undo", "--yes", expect=6).stderr
    assert "default holds the new history" in said
    assert "python migwizard_switch.py undo --database default" in said
    assert tiny_proved.tree() == before
    assert tiny_proved.start(sys.executable, script[0], "undo", *script[2:]).returncode == 0
    tiny_proved.migwizard("undo", "--yes")
    tree = {path: text for path, text in tiny_proved.tree().items() if path != "config/settings.py"}
    assert tree == {path: text for path, text in migrated.tree().items() if path != "config/settings.py"}


def test_a_copy_that_was_made_of_a_switched_database_is_not_left_behind(migrated: Shop, tiny_finished: Shop) -> None:
    """It keeps the very same rows as the one that goes back, and does not go back with it; a link to that one does."""
    copy, link = (tiny_finished.root.parent / name for name in ("copy.sqlite3", "link.sqlite3"))
    link.symlink_to(tiny_finished.database)
    shutil.copy(tiny_finished.database, copy)
    settings = tiny_finished.root / "config/settings.py"
    with settings.open("a") as stream:
        for path in (link, copy):
            stream.write(f'DATABASES["{path.stem}"] = DATABASES["default"] | {{"NAME": "{path}"}}\n')
    said = tiny_finished.migwizard("undo", "--yes", expect=6).stderr
    assert "copy holds the new history, and was not switched from here" in said
    settings.write_text("".join(settings.read_text().splitlines(keepends=True)[:-1]))
    assert "the rows of 2 databases" in tiny_finished.migwizard("undo", "--yes").stderr
    assert tiny_finished.dump() == migrated.dump()


def test_undo_looks_again_after_its_question(tiny_proved: Shop) -> None:
    sitting(tiny_proved, LEFT_AT_APPLY)
    before = tiny_proved.tree()
    _, end = sitting(tiny_proved, {"resume": ["undo"], "undo:": [builds_on(tiny_proved, "undo")]})
    assert isinstance(end, MigwizardError)
    assert end.code == "built-on"
    assert before.keys() <= tiny_proved.tree().keys()
    assert (tiny_proved.root / ".migwizard/backup").is_dir()


def edits(shop: Shop, text: str) -> Callable[[Question], str]:
    """Changes a staged file while the question is open."""

    def act(_: Question) -> str:
        with (shop.staging / f"{FIRST}.py").open("a") as stream:
            stream.write(text)
        return f"edited:{FIRST}"

    return act


def test_no_text_of_a_person_is_lost(tiny_proved: Shop) -> None:
    redo = f"restore:{FIRST}"
    acts: list[Act] = [
        edits(tiny_proved, "# ONE\n"),
        redo,
        edits(tiny_proved, "# TWO\n"),
        redo,
        edits(tiny_proved, "# 3\n"),
        "undo",
    ]
    person, report = sitting(
        tiny_proved, {"review:proof": ["back"], "review:seeds": ["back"], "review:generate": acts, "undo:": ["remove"]}
    )
    remove = person.asked("undo:").choice("remove")
    assert isinstance(report, dict)
    assert remove is not None
    assert f"{FIRST} is kept in {report['edits']}" in remove.effect
    kept = sorted(path.read_text().rpartition("#")[2].strip() for path in Path(report["edits"]).rglob("*.py"))
    assert kept == ["3", "ONE", "TWO"]
    assert not (tiny_proved.root / ".migwizard").exists()


def test_a_stored_answer_swaps_nothing(migrated: Shop, tiny_proved: Shop) -> None:
    data = checkpoint(tiny_proved)
    data["decisions"]["apply"] = {"choice": "apply", "by": "person"}
    write_checkpoint(tiny_proved, data)
    tiny_proved.migwizard("run", expect=4)
    assert tiny_proved.tree() == migrated.tree()


def test_a_run_leaves_a_database_that_was_skipped(tiny_proved: Shop) -> None:
    sitting(tiny_proved, LEFT_AT_APPLY)
    tiny_proved.query(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '0077_ghost', '2020-01-01')"
    )
    sitting(tiny_proved, {"refusal:MW-E13": ["skip:default"]})
    tiny_proved.query("DELETE FROM django_migrations WHERE name = '0077_ghost'")
    before = tiny_proved.dump()
    assert "left for later" in tiny_proved.migwizard("run", "--yes").stderr
    assert tiny_proved.dump() == before


def test_a_half_swapped_tree_is_whole_before_its_folder_is_set_aside(
    migrated: Shop, tiny_proved: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = durable.write_file, []

    def killed(path: Path, data: bytes, *more: Any) -> None:
        if path.parent.name == "migrations":
            written.append(path)
            if len(written) == 3:
                raise KeyboardInterrupt
        write(path, data, *more)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(durable, "write_file", killed)
        sitting(tiny_proved, SWAP)
    assert tiny_proved.tree() != migrated.tree()
    (tiny_proved.root / ".migwizard/checkpoint.json").write_text("{")
    sitting(tiny_proved, {"refusal:checkpoint-corrupt": ["aside"], "review:preflight": ["quit"]})
    tree = {name: data for name, data in tiny_proved.tree().items() if not name.startswith(".migwizard-aside")}
    assert tree == migrated.tree()


def test_the_way_back_of_a_switched_database_is_kept_while_its_file_is_missing(
    migrated: Shop, tiny_proved: Shop
) -> None:
    tiny_proved.migwizard("run", "--yes")
    aside, tree = tiny_proved.root.parent / "aside.sqlite3", tiny_proved.tree()
    tiny_proved.database.rename(aside)
    assert tiny_proved.lines("status")[-1]["databases"] == {"default": "gone"}
    assert "default was switched, and its file is missing" in tiny_proved.migwizard("status").stderr
    assert "default was switched here, and its file" in tiny_proved.migwizard("undo", "--yes", expect=5).stderr
    assert tiny_proved.tree() == tree
    assert (tiny_proved.root / ".migwizard/rows/default.json").is_file()
    aside.rename(tiny_proved.database)
    tiny_proved.migwizard("undo", "--yes")
    assert tiny_proved.dump() == migrated.dump()


def test_an_empty_file_says_that_a_switched_database_is_gone_for_good(migrated: Shop, tiny_proved: Shop) -> None:
    tiny_proved.migwizard("run", "--yes")
    tiny_proved.database.unlink()
    assert tiny_proved.manage("migrate", "-v0").returncode == 0
    said = tiny_proved.migwizard("undo", "--yes", expect=5).stderr
    assert "put an empty one in its place (an empty file for SQLite), undo" in said
    tiny_proved.database.unlink()
    tiny_proved.database.touch()
    tiny_proved.migwizard("undo", "--yes")
    assert tiny_proved.tree() == migrated.tree()


def test_a_helper_that_was_removed_since_comes_back_with_what_needs_it(migrated: Shop, tiny: Shop) -> None:
    helper = tiny.root / "people/migrations/_helpers.py"
    helper.write_text("NOTHING = []\n")
    tiny.edit(
        "people/migrations/0002_person_club.py",
        "\n\nclass Migration",
        "\nfrom people.migrations._helpers import NOTHING  # noqa: F401\n\n\nclass Migration",
    )
    tree = tiny.tree()
    tiny.migwizard("run", "--yes")
    helper.unlink()
    tiny.migwizard("undo", "--yes")
    assert (tiny.tree(), tiny.dump()) == (tree, migrated.dump())


def test_an_app_that_moved_since_is_refused_before_a_row_goes_back(tiny_finished: Shop) -> None:
    (tiny_finished.root / "people").rename(tiny_finished.root / "staff")
    (tiny_finished.root / "staff/apps.py").write_text(
        "from django.apps import AppConfig\n\n\nclass Staff(AppConfig):\n    name, label = 'staff', 'people'\n"
    )
    tiny_finished.edit("config/settings.py", '"people"', '"staff.apps.Staff"')
    tree, dump = tiny_finished.tree(), tiny_finished.dump()
    refused = tiny_finished.migwizard("undo", "--yes", expect=6)
    assert "The migrations of people lie in" in refused.stderr
    assert "the reset found them in people/migrations. Nothing was changed." in refused.stderr
    assert (tiny_finished.tree(), tiny_finished.dump()) == (tree, dump)


def test_what_was_never_swapped_goes_although_another_reset_came_with_the_same_files(
    migrated: Shop, tiny_proved: Shop, tmp_path: Path
) -> None:
    other = migrated.copy(tmp_path / "other")
    # The same day, so that new files are the same, to the byte.
    other.epoch = str(int(other.epoch) + 60)
    other.migwizard("run", "--yes")
    for name in ("people", "clubs"):
        shutil.rmtree(tiny_proved.root / name)
        shutil.copytree(other.root / name, tiny_proved.root / name)
    shutil.copy(other.root / "migwizard_manifest.json", tiny_proved.root)
    tree = tiny_proved.tree()
    tiny_proved.migwizard("undo", "--yes")
    assert tiny_proved.tree() == tree
    assert not (tiny_proved.root / ".migwizard").exists()


def test_a_database_that_another_reset_switched_is_called_so(migrated: Shop, finished: Shop, tmp_path: Path) -> None:
    other = Shop(tmp_path / "other" / "elsewhere")
    shutil.copytree(migrated.root, other.root)
    other.epoch = "1700000000"
    other.migwizard("run", "--yes")
    other.database.write_bytes(finished.database.read_bytes())
    theirs = json.loads((finished.root / "migwizard_manifest.json").read_text())["run_id"]
    said = f"was switched to another reset, {theirs}, whose files bear the same names"
    assert "default was switched to another reset, whose files bear the same names" in other.migwizard("status").stderr
    assert said in other.migwizard("fake", "--yes", expect=5).stderr
    tree, dump = other.tree(), other.dump()
    refused = other.migwizard("undo", "--yes", expect=5).stderr
    assert said in refused
    assert f"In a checkout that has the reset {theirs}" in refused
    assert (other.tree(), other.dump()) == (tree, dump)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes files that belong to somebody else")
def test_files_stay_with_whoever_has_the_project(tiny: Shop) -> None:
    nobody = 65534
    for path in (tiny.root, *tiny.root.rglob("*")):
        os.chown(path, nobody, nobody)
    tiny.migwizard("run", "--yes")
    tiny.migwizard("undo", "--yes")
    owners = {path.stat().st_uid for path in tiny.root.rglob("*.py")}
    assert owners == {nobody}
