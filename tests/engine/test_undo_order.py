"""What was built on the new files comes off in one order: rows, file, reset. Every refusal on the way leads along it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from migwizard.engine.previews import UndoPreview
from migwizard.engine.refusals.headlines import headline
from migwizard.errors import DatabaseError
from tests.engine.persons import Person, sit_in
from tests.engine.support import Shop

pytestmark = pytest.mark.ride

STAYS = "models.py keeps the change, for the next makemigrations."
SECOND = '\nDATABASES["second"] = {**DATABASES["default"], "NAME": BASE_DIR / "second.sqlite3"}\n'


def build_on(shop: Shop) -> Path:
    """Add a migration to people, and apply it."""
    with (shop.root / "people/models.py").open("a") as models:
        models.write("\n\nclass Shelf(models.Model):\n    code = models.CharField(max_length=3)\n")
    for command in (("makemigrations", "people", "-n", "shelf"), ("migrate", "-v0")):
        assert shop.manage(*command).returncode == 0
    return shop.root / "people/migrations/0002_shelf.py"


def refuse(shop: Shop, why: str, exit: int) -> list[str]:
    """The cures of an undo that is refused."""
    before = shop.tree(), shop.dump()
    said = shop.migwizard("undo", "--yes", expect=exit).stderr
    assert why in said
    assert (shop.tree(), shop.dump()) == before
    cures = [line.removeprefix("  - ") for line in said.splitlines() if line.startswith("  - ")]
    return [cure for cure in cures if not cure.startswith(("The log:", "The traceback:"))]


def follow(shop: Shop, cure: str) -> None:
    """Run the command that a cure names."""
    found = re.search(r"manage\.py (migrate .+)", cure)
    assert found is not None, cure
    done = shop.manage(*found[1].split())
    assert done.returncode == 0, done.stderr


def test_the_refusal_leads_to_the_end(migrated: Shop, tiny_finished: Shop) -> None:
    later = build_on(tiny_finished)
    first, last = refuse(tiny_finished, "was added since the reset", 6)
    assert first.startswith("First take it back in default")
    follow(tiny_finished, first)
    assert last == f"Then remove or set aside people/migrations/0002_shelf.py, and undo; {STAYS}"
    later.unlink()
    person = Person({"resume": ["undo"], "undo:": ["keep"]}, goes_on=True)
    sit_in(tiny_finished, person)
    preview = person.asked("undo:").preview
    assert isinstance(preview, UndoPreview)
    models = next(finding for finding in preview.looked if finding.name == "Models")
    assert (models.status, "The models of people changed" in models.text) == ("note", True)
    done = tiny_finished.migwizard("undo", "--yes").stderr
    assert "Migrations and databases are as they were before the reset." in done
    assert models.text in done
    assert tiny_finished.dump() == migrated.dump()


def test_who_removed_the_file_too_early_is_led_back(migrated: Shop, tiny_finished: Shop) -> None:
    later = build_on(tiny_finished)
    text = later.read_text()
    later.unlink()
    first, command, last = refuse(tiny_finished, "moved on since the switch", 5)
    assert first == "First put the file of people.0002_shelf back where it was: the way back is in it."
    later.write_text(text)
    follow(tiny_finished, command)
    assert last == "Then set that file aside again, and undo."
    later.unlink()
    tiny_finished.migwizard("undo", "--yes")
    assert tiny_finished.dump() == migrated.dump()


def test_every_database_that_records_it_is_named(tiny_finished: Shop) -> None:
    with (tiny_finished.root / "config/settings.py").open("a") as settings:
        settings.write(SECOND)
    build_on(tiny_finished)
    shutil.copyfile(tiny_finished.database, tiny_finished.root / "second.sqlite3")
    cures = refuse(tiny_finished, "was added since the reset", 6)
    commands = [cure.partition("manage.py ")[2] for cure in cures[:2]]
    back = "people 0001_reset_initial"
    assert commands == [f"migrate {back}", f"migrate --database second {back}"]


def test_a_file_that_no_database_records_has_only_to_go(tiny_finished: Shop) -> None:
    later = build_on(tiny_finished)
    assert tiny_finished.manage("migrate", "people", "0001", "-v0").returncode == 0
    assert refuse(tiny_finished, "was added since the reset", 6) == [
        f"Remove or set aside people/migrations/0002_shelf.py, then undo; {STAYS}"
    ]
    later.unlink()
    tiny_finished.migwizard("undo", "--yes")


def test_what_was_taken_back_too_far_comes_again(tiny_finished: Shop) -> None:
    newest = max((tiny_finished.root / "clubs/migrations").glob("0*.py")).stem
    tiny_finished.query(f"DELETE FROM django_migrations WHERE name = '{newest}'")
    (cure,) = refuse(tiny_finished, "moved on since the switch", 5)
    assert cure.startswith(
        "First apply again in default what was taken back (with --fake where only its row is gone): "
    )
    assert cure.endswith(f"manage.py migrate clubs {newest}")


def test_the_headline_tells_what_is_gone_from_what_came_on_top() -> None:
    gone, later = [["clubs", "0003_seed"]], [["people", "0002_shelf"]]
    moved = ({"gone": gone, "later": []}, {"gone": gone, "later": later})
    said = [headline(DatabaseError("", code="MW-E32", details={"details": one})) for one in moved]
    assert said == ["Rows of the new history are gone", "Migrations came on top of the new history"]


def test_what_is_gone_comes_again_before_anything_is_taken_off(tiny_finished: Shop) -> None:
    """A plain migrate would apply again what is taken off, and the other way round."""
    build_on(tiny_finished)
    newest = max((tiny_finished.root / "clubs/migrations").glob("0*.py")).stem
    tiny_finished.query(f"DELETE FROM django_migrations WHERE name = '{newest}'")
    cures = refuse(tiny_finished, "was added since the reset", 6)
    assert [cure.partition("manage.py ")[2] for cure in cures[:2]] == [
        f"migrate clubs {newest}",
        "migrate people 0001_reset_initial",
    ]
    assert [cure.split()[0] for cure in cures] == ["First", "Then", "Then"]


def test_a_migration_beside_the_newest_new_file_is_taken_off_alone(migrated: Shop, tiny_finished: Shop) -> None:
    newest = max((tiny_finished.root / "clubs/migrations").glob("0*.py")).stem
    extra, merge = (tiny_finished.root / f"clubs/migrations/{name}.py" for name in ("0008_extra", "0009_merge"))
    text = (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        "    dependencies = [{}]\n    operations = []\n"
    )
    extra.write_text(text.format("('clubs', '0001_reset_initial')"))
    merge.write_text(text.format(f"('clubs', '{newest}'), ('clubs', '0008_extra')"))
    assert tiny_finished.manage("migrate", "-v0").returncode == 0
    said = "clubs.0008_extra, clubs.0009_merge were added since the reset; undo would orphan them."
    need, command, last = refuse(tiny_finished, said, 6)
    assert need.startswith(f"First add clubs.{newest} to the dependencies in the file of clubs.0008_extra")
    extra.write_text(text.format(f"('clubs', '0001_reset_initial'), ('clubs', '{newest}')"))
    assert command.endswith(f"manage.py migrate clubs {newest}")
    assert "all rows in it (by hand if irreversible)" in command
    follow(tiny_finished, command)
    assert last.startswith("Then remove or set aside clubs/migrations/0008_extra.py")
    extra.unlink()
    merge.unlink()
    begins = tiny_finished.migwizard("undo", "--yes").stderr
    assert "Undo: looking at the reset, which stands at done" in begins
    assert "Going on" not in begins
    assert tiny_finished.dump() == migrated.dump()
