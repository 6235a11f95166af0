"""The shifted clock of the second run, seen by the project's Python and by SQLite."""

from __future__ import annotations

import datetime
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from migwizard.project.agent import clock
from migwizard.project.guest import Guest
from tests.project.support import SEED, project_at

HERE = Path(__file__).parent
DAYS = 400
SECONDS = DAYS * 86400.0


@pytest.fixture(scope="module")
def seen() -> dict[str, dict[str, Any]]:
    """What a process with a shifted clock says; MIGWIZARD_TEST_GUEST may name another Python."""
    python = os.environ.get("MIGWIZARD_TEST_GUEST", sys.executable)
    done = subprocess.run(
        [python, "-W", "ignore", str(HERE / "data/clock_script.py"), clock.__file__],
        capture_output=True,
        check=True,
        text=True,
        env=dict(os.environ, TZ="UTC"),
    )
    result: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return result


def test_every_clock_is_shifted_once(seen: dict[str, dict[str, Any]]) -> None:
    # Some count whole seconds, and a machine may be slow.
    wrong = {name: value for name, value in seen["offsets"].items() if not SECONDS - 2 < value < SECONDS + 60}
    assert wrong == {}


def test_every_calendar_is_shifted_once(seen: dict[str, dict[str, Any]]) -> None:
    wrong = {name: value for name, value in seen["days"].items() if not DAYS - 1 <= value <= DAYS + 1}
    assert wrong == {}


def test_the_classes_pass_for_the_real_ones(seen: dict[str, dict[str, Any]]) -> None:
    assert [name for name, true in seen["true"].items() if not true] == []


def test_the_second_run_of_a_project_is_later(tiny: Path, tmp_path: Path) -> None:
    text = (tiny / SEED).read_text()
    body = """Item = apps.get_model("stock", "Item")
    import datetime
    from django.utils import timezone
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT date('now')")
        Item.objects.create(name=cursor.fetchone()[0])
    Item.objects.create(name=str(datetime.date.today()))
    Item.objects.create(name=str(timezone.now().date()))
    Item.objects.create(name=str(isinstance(timezone.now(), datetime.datetime)))
"""
    (tiny / SEED).write_text(text.replace('apps.get_model("stock", "Item").objects.create(name="hammer")\n', body))
    names, stamps = [], []
    for number, shift in enumerate((0.0, SECONDS)):
        path = tmp_path / f"{number}.sqlite3"
        with Guest(project_at(tiny), clock_shift=shift) as guest:
            guest.call("migrate", alias="default", path=str(path), labels=["stock"])
        with closing(sqlite3.connect(path)) as connection:
            names.append([name for (name,) in connection.execute("SELECT name FROM stock_item ORDER BY id")])
            stamps.append(connection.execute("SELECT max(applied) FROM django_migrations").fetchone()[0][:10])
    first, second = ([datetime.date.fromisoformat(name) for name in row[:3]] for row in names)
    assert all(DAYS - 1 <= (b - a).days <= DAYS + 1 for a, b in zip(first, second, strict=True))
    assert (
        DAYS - 1 <= (datetime.date.fromisoformat(stamps[1]) - datetime.date.fromisoformat(stamps[0])).days <= DAYS + 1
    )
    assert names[0][3] == names[1][3] == "True"
