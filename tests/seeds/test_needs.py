"""What a new seed file depends on, where the tables that it touched do not tell: small projects of two apps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.seeds.rides import SeedRide, ride_in
from tests.traps.writing import files_of, write_project

pytestmark = pytest.mark.ride

APPS = """
== ash/models.py
class Leaf(models.Model):
    name = models.CharField(max_length=9)
== ash/migrations/0001_initial.py
operations = [migrations.CreateModel("Leaf", [ID, ("name", models.CharField(max_length=9))])]
== oak/models.py
class Nut(models.Model):
    name = models.CharField(max_length=9)
== oak/migrations/0001_initial.py
operations = [migrations.CreateModel("Nut", [ID, ("name", models.CharField(max_length=9))])]
"""

VIEW = """
== oak/migrations/0002_view.py
dependencies = [("oak", "0001_initial")]
operations = [migrations.RunSQL("CREATE VIEW numbers AS SELECT 7 AS n", "DROP VIEW numbers")]
== ash/migrations/0002_seed.py
from django.db import migrations


def seed(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT n FROM numbers")
        apps.get_model("ash", "Leaf").objects.create(name=str(cursor.fetchone()[0]))


class Migration(migrations.Migration):
    dependencies = [("ash", "0001_initial"), ("oak", "0002_view")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
"""

ELSEWHERE = """
== ash/migrations/0002_seed.py
import os

from django.db import migrations

MODELS = ["oak.Nut"]


def seed(apps, schema_editor):
    if os.environ.get("FILL_IT"):
        for model in MODELS:
            apps.get_model(model).objects.create(name="x")


class Migration(migrations.Migration):
    dependencies = [("ash", "0001_initial"), ("oak", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
"""


def two(folder: Path, more: str) -> SeedRide:
    return ride_in(write_project(folder / "project", files_of(APPS + more)))


def test_a_function_that_reads_a_view_comes_behind_the_file_that_makes_it(tmp_path: Path) -> None:
    found = two(tmp_path, VIEW)
    assert found.is_proved, found.report
    assert '("oak", "0002_reset_sql")' in found.staged_seeds("ash")


def test_what_did_nothing_here_keeps_the_apps_that_it_waited_for(tmp_path: Path) -> None:
    found = two(tmp_path, ELSEWHERE)
    assert found.is_proved, found.report
    assert '("oak", "0001_reset_initial")' in found.staged_seeds("ash")


TAKEN_AWAY = """
== site-packages/elm/models.py
class Page(models.Model):
    name = models.CharField(max_length=9)
== site-packages/elm/migrations/0001_initial.py
from django.db import migrations, models


def welcome(apps, schema_editor):
    apps.get_model("elm", "Page").objects.create(name="welcome")


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            "Page", [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=9))]
        ),
        migrations.RunPython(welcome, migrations.RunPython.noop),
    ]
== ash/migrations/0002_no_welcome.py
from django.db import migrations


def remove(apps, schema_editor):
    apps.get_model("elm", "Page").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("ash", "0001_initial"), ("elm", "0001_initial")]
    operations = [migrations.RunPython(remove, migrations.RunPython.noop)]
"""

DROPPED = """
== oak/migrations/0002_no_index.py
dependencies = [("oak", "0001_initial")]
operations = [
    migrations.RunSQL("DROP INDEX oak_name", "CREATE INDEX oak_name ON oak_nut (name)"),
]
"""
INDEXED = APPS.replace(
    "== oak/migrations",
    '    class Meta:\n        indexes = [models.Index(fields=["name"], name="oak_name")]\n== oak/migrations',
).replace(
    '"Nut", [ID, ("name", models.CharField(max_length=9))]',
    '"Nut", [ID, ("name", models.CharField(max_length=9))], '
    '{"indexes": [models.Index(fields=["name"], name="oak_name")]}',
)


def test_rows_of_others_that_an_operation_deletes_stay_deleted(tmp_path: Path) -> None:
    found = two(tmp_path, TAKEN_AWAY)
    assert found.is_proved, found.report
    assert found.rungs["0002_no_welcome#0"] == ("ask", "move")


def test_what_sql_takes_from_the_tables_of_models_is_taken_again(tmp_path: Path) -> None:
    found = ride_in(write_project(tmp_path / "project", files_of(INDEXED + DROPPED)))
    assert found.is_proved, found.report
    assert found.rungs["0002_no_index#0"] == ("schema SQL", "move")


STAYS = """
== oak/migrations/0002_out_of_the_state.py
from django.db import migrations, models


def fill(apps, schema_editor):
    apps.get_model("oak", "Old").objects.create(nut=apps.get_model("oak", "Nut").objects.create(name="nut"))


class Migration(migrations.Migration):
    dependencies = [("oak", "0001_initial")]
    operations = [
        migrations.CreateModel(
            "Old", [("id", models.AutoField(primary_key=True)), ("nut", models.ForeignKey("oak.Nut", models.CASCADE))]
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Old")]),
    ]
"""


def test_a_table_whose_model_was_taken_out_of_the_state_stays_with_its_rows(tmp_path: Path) -> None:
    found = two(tmp_path, STAYS)
    assert found.is_proved, found.report
    assert found.rows("SELECT name FROM oak_old JOIN oak_nut ON nut_id = oak_nut.id") == [("nut",)]


IDLE = """
== ash/migrations/0002_idle.py
from django.db import migrations


def emptied(apps, schema_editor):
    \"\"\"Did something once.\"\"\"
    # apps.get_model("ash", "Leaf").objects.create(name="once")
    return


class Migration(migrations.Migration):
    dependencies = [("ash", "0001_initial")]
    operations = [migrations.RunPython(emptied, migrations.RunPython.noop)]
"""


def test_a_function_without_a_body_is_not_asked_about(tmp_path: Path) -> None:
    found = two(tmp_path, IDLE)
    assert found.is_proved, found.report
    assert found.rungs["0002_idle#0"] == ("one-time", None)


WAY_BACK = """
== oak/models.py
class Nut(models.Model):
    name = models.CharField(max_length=9)
    leaf = models.ForeignKey("ash.Leaf", models.CASCADE, null=True)
== oak/migrations/0001_initial.py
dependencies = [("ash", "0001_initial")]
operations = [
    migrations.CreateModel(
        "Nut",
        [
            ID,
            ("name", models.CharField(max_length=9)),
            ("leaf", models.ForeignKey("ash.Leaf", models.CASCADE, null=True)),
        ],
    )
]
== ash/migrations/0002_seed.py
from django.db import migrations


def seed(apps, schema_editor):
    apps.get_model("ash", "Leaf").objects.create(name="x")


def clear(apps, schema_editor):
    apps.get_model("ash", "Leaf").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("ash", "0001_initial"), ("oak", "0001_initial")]
    operations = [migrations.RunPython(seed, clear)]
"""


def test_a_way_back_that_deletes_what_others_point_to_goes_before_their_tables(tmp_path: Path) -> None:
    found = two(tmp_path, WAY_BACK)
    assert found.is_proved, found.report
    assert '("oak", "0001_reset_initial")' in found.staged_seeds("ash")
