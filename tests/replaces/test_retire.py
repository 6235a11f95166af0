"""The end of a reset, both ways: what goes, what stays because others name it, what is refused, and the way back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from migwizard.seeds.guard import CLASS
from migwizard.seeds.unreplacing import replaced, without_replaced
from tests.replaces.support import WarmShop

ROWS = "SELECT app, name FROM django_migrations WHERE app IN ('clubs', 'people', 'shop') ORDER BY 1, 2"
BESIDE = ("migwizard_manifest.json", "migwizard_switch.py")


def retired_files(shop: WarmShop) -> list[str]:
    """What still speaks of the reset."""
    files = [path for path in shop.root.glob("*/migrations/0*.py") if CLASS in path.read_text()]
    files += [path for path in shop.root.glob("*/migrations/0*.py") if replaced(path.read_text())]
    return [path.name for path in [*files, *(shop.root / name for name in BESIDE)] if path.exists()]


@pytest.mark.ride
def test_files_and_databases_are_as_if_they_had_always_been_so(finished: WarmShop, tmp_path: Path) -> None:
    shop = finished.copy(tmp_path)
    before, tree = shop.dump(), shop.tree()
    shown = shop.lines("retire", "--dry-run")[-1]
    assert (shop.dump(), shop.tree()) == (before, tree)
    assert {each["path"] for each in shown["files"] if each["removed"]} == set(BESIDE)
    refused = shop.migwizard("retire", expect=4)
    assert "Does every environment have the new history?" in refused.stderr
    assert (shop.dump(), shop.tree()) == (before, tree)

    report = shop.lines("retire", "--yes")[-1]
    assert report["files"] == shown["files"]
    assert not retired_files(shop)
    new = sorted((path.parts[-3], path.stem) for path in shop.root.glob("*/migrations/0*.py"))
    assert shop.query(ROWS) == new
    assert not shop.query("SELECT name FROM sqlite_master WHERE name LIKE 'migwizard%'")
    shop.assert_clean()
    again = shop.lines("retire", "--yes")[-1]
    assert (again["written"], again["files"]) == (False, [])

    for command in (("undo", "--yes"), ("run", "--yes")):
        assert "migwizard retire --undo" in shop.migwizard(*command, expect=6).stderr
    assert "It was retired" in shop.migwizard("status").stderr
    shop.migwizard("retire", "--undo")
    assert shop.tree() == tree
    assert sorted(shop.dump()) == sorted(before)
    shop.assert_clean()
    shop.migwizard("undo", "--yes")


@pytest.mark.ride
def test_what_was_cut_off_goes_on(finished: WarmShop, tmp_path: Path) -> None:
    """The manifest goes last: until then everything that is left is found again."""
    shop = finished.copy(tmp_path)
    shop.migwizard("retire", "--yes")
    for name in BESIDE:
        shutil.copy(finished.root / name, shop.root / name)
    shutil.copy(finished.database, shop.database)
    report = shop.lines("retire", "--yes")[-1]
    assert [each["path"] for each in report["files"]] == list(BESIDE)
    assert report["databases"]["default"]["backup"] > 0
    assert not retired_files(shop)
    assert not [row for row in shop.query(ROWS) if "reset" not in row[1]]
    shop.assert_clean()


def test_a_database_that_has_not_moved_is_named(applied: WarmShop, tiny: WarmShop, tmp_path: Path) -> None:
    shop = applied.copy(tmp_path / "by-name")
    refused = shop.migwizard("retire", "--yes", expect=5)
    assert (
        "Database default has yet to record new names, so the reset cannot end. Nothing was changed." in refused.stderr
    )
    assert "manage.py migrate --database default" in refused.stderr
    assert shop.tree() == applied.tree()
    other = tiny.copy(tmp_path / "switched")
    assert "no reset to retire" in other.migwizard("retire", "--yes", expect=2).stderr


def test_a_database_elsewhere_is_touched_when_it_is_named(finished: WarmShop, tmp_path: Path) -> None:
    shop = finished.copy(tmp_path)
    archive = tmp_path / "archive.sqlite3"
    shutil.copy(shop.database, archive)
    settings = shop.root / "config/settings.py"
    settings.write_text(
        f"{settings.read_text()}\nDATABASES['archive'] = {{**DATABASES['default'], 'NAME': {str(archive)!r}}}\n"
    )
    bytes_before = archive.read_bytes()
    found = shop.lines("retire", "--yes")[-1]["databases"]
    assert (found["default"]["chosen"], found["archive"]["chosen"]) == (True, False)
    assert archive.read_bytes() == bytes_before
    found = shop.lines("retire", "--yes", "--database", "archive")[-1]
    assert (found["files"], found["written"]) == ([], True)
    assert found["databases"]["archive"]["backup"] > 0
    assert "migwizard_history_backup" not in "\n".join(WarmShop(_at(shop, archive)).dump())


def _at(shop: WarmShop, database: Path) -> Path:
    """A folder whose database is a copy of that one."""
    folder = shop.root.parent / "looked-at"
    folder.mkdir()
    shutil.copy(database, folder / "db.sqlite3")
    return folder


def test_what_others_name_stays_in_files_and_rows(named: WarmShop, tmp_path: Path) -> None:
    shop = named.copy(tmp_path)
    assert shop.manage("migrate", "-v0").returncode == 0
    report = shop.lines("retire", "--yes")[-1]
    assert report["warnings"] == ["people.0001_initial: others depend on it by name, so it stays in replaces."]
    path = shop.root / "people/migrations/0002_reset_links_to_shop.py"
    assert replaced(path.read_text()) == (("people", "0001_initial"),)
    assert [row for row in shop.query(ROWS) if row[1] in ("0001_initial", "0002_items", "0002_favourite")] == [
        ("people", "0001_initial")
    ]
    shop.assert_clean()


HEAD = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n\n"
TAIL = "    dependencies = [\n    ]\n\n    operations = []\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("    replaces = [('a', '1'), ('a', '2')]\n\n", '    replaces = [\n        ("a", "2"),\n    ]\n\n'),
        (
            '    replaces = [\n        ("a", "1"),\n        ("a", "2"),  # two\n    ]\n',
            '    replaces = [\n        ("a", "2"),\n    ]\n',
        ),
    ],
)
def test_names_go_from_a_file_and_nothing_else_does(newline: str, written: str, kept: str) -> None:
    def as_written(text: str) -> str:
        return text.replace("\n", newline)

    source = as_written(HEAD + written + TAIL)
    assert replaced(source) == (("a", "1"), ("a", "2"))
    assert without_replaced(source, {("a", "1"), ("a", "2")}) == source
    assert without_replaced(source, {("a", "2")}) == as_written(HEAD + kept + TAIL)
    assert without_replaced(source, set()) == as_written(HEAD + TAIL)
