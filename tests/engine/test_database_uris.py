"""An SQLite database that the settings name as a URI: its file is found, switched and ended like any other."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from migwizard.project.agent.engines.sqlite import scratch_settings
from migwizard.project.agent.switch.places import sqlite_file
from tests.engine.support import Shop

MORE = """
DATABASES["default"]["NAME"] = f"file:{BASE_DIR}/db%2Esqlite3?mode=rwc#here"
DATABASES["default"]["OPTIONS"] = {"uri": True, "timeout": 3}
DATABASES["later"] = dict(DATABASES["default"], NAME=f"file:{BASE_DIR}/later.sqlite3?mode=rwc")
"""


@pytest.mark.ride
def test_its_file_is_switched_and_one_that_is_missing_is_named_at_the_end(
    migrated: Shop, finished: Shop, tmp_path: Path
) -> None:
    shutil.copytree(finished.root, tmp_path / "shop", ignore=shutil.ignore_patterns(".migwizard"))
    shutil.copy(migrated.database, tmp_path / "shop")
    shop = Shop(tmp_path / "shop")
    settings = shop.root / "config/settings.py"
    settings.write_text(settings.read_text() + MORE)
    assert shop.lines("status")[-1]["databases"] == {"default": "OLD_HEAD", "later": "missing"}
    done = shop.lines("fake", "--yes", "--database", "default")[-1]["databases"]["default"]
    assert done["result"] == "SWITCHED"
    assert "No migrations to apply" in shop.manage("migrate").stdout
    ended = shop.lines("retire", "--dry-run")[-1]
    assert ended["databases"]["default"]["chosen"]
    assert "Database later has no file yet; migrate builds it" in ended["warnings"]
    assert not (shop.root / "later.sqlite3").exists()


@pytest.mark.parametrize(
    ("name", "options", "file"),
    [
        ("db.sqlite3", {}, "db.sqlite3"),
        ("file:db.sqlite3?mode=ro", {}, "db.sqlite3"),
        ("file:///srv/a%20b.db#x?mode=memory", {}, "/srv/a b.db"),
        ("file://localhost/srv/a.db?cache=shared", {}, "/srv/a.db"),
        (":memory:", {}, ""),
        ("file::memory:?cache=shared", {}, ""),
        ("file:name?mode=memory&cache=shared", {}, ""),
        ("file:/name?vfs=memdb", {}, ""),
        ("db.sqlite3", {"database": "file:other.sqlite3"}, "other.sqlite3"),
    ],
)
def test_where_sqlite_would_look(name: str, options: dict[str, Any], file: str) -> None:
    settings = {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": options}
    assert sqlite_file(settings)[0] == file


def test_no_option_leads_a_scratch_database_to_the_real_file() -> None:
    real = {"NAME": "file:db.sqlite3", "OPTIONS": {"database": "db.sqlite3", "uri": True, "timeout": 3}}
    scratch = scratch_settings(real, ":memory:")
    assert (scratch["NAME"], scratch["OPTIONS"]) == (":memory:", {"timeout": 3})
