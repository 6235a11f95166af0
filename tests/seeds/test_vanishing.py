"""Fields of the old history that use functions of its own files, where drift lets the new files be made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.seeds.rides import SeedRide, ride_in
from tests.traps.writing import files_of, write_project

pytestmark = pytest.mark.ride

HISTORY = """
== shop/migrations/0001_initial.py
from django.db import migrations, models


def colour():
    return "red"


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            "Item",
            [
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=9, help_text="as it was")),
                ("colour", models.CharField(max_length=9, default=colour)),
            ],
        )
    ]
"""
TODAY = """
== shop/models.py
from django.db import models


def colour():
    return "red"


class Item(models.Model):
    name = models.CharField(max_length=9, help_text="as it is")
    colour = models.CharField(max_length=9, default=colour)
"""
NO_MORE = """
== shop/models.py
class Item(models.Model):
    name = models.CharField(max_length=9, help_text="as it is")
"""


def shop(folder: Path, models: str) -> SeedRide:
    return ride_in(write_project(folder / "project", files_of(HISTORY + models)), "--drift", "leave")


def test_todays_function_takes_the_place_of_one_that_vanishes(tmp_path: Path) -> None:
    found = shop(tmp_path, TODAY)
    assert found.is_proved, found.report
    text = found.staged["shop/0001_reset_initial"]
    assert "default=shop.models.colour" in text
    assert "as it was" in text


def test_a_field_that_only_an_old_file_can_make_is_refused_by_name(tmp_path: Path) -> None:
    found = shop(tmp_path, NO_MORE)
    assert found.code
    assert "The field shop.item.colour needs shop.migrations.0001_initial.colour" in found.report["sentence"]
    assert found.report["code"] == "history"
