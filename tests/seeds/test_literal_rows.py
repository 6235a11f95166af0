"""Rows that are hard to write as they are: small projects of a few models, through the whole engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.seeds.rides import SeedRide, ride_in
from tests.traps.writing import files_of, write_project

pytestmark = pytest.mark.ride

WRITTEN = ("seed", "materialise")
LATER = """
== shop/migrations/0003_without.py
dependencies = [("shop", "0002_seed")]
operations = [migrations.RemoveField("item", "old")]
"""
"""The seed speaks of a field that goes: it cannot come along with its logic."""


def small(folder: Path, text: str, settings: str = "") -> SeedRide:
    return ride_in(write_project(folder / "project", files_of(text), settings=settings))


def seed(body: str, *imports: str, depends: str = '("shop", "0001_initial")') -> str:
    """A migration whose function has this body."""
    lines = "\n".join(imports)
    return f"""
== shop/migrations/0002_seed.py
from django.db import migrations
{lines}


def seed(apps, schema_editor):
    Item = apps.get_model("shop", "Item")
    {body}


class Migration(migrations.Migration):
    dependencies = [{depends}]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
"""


HIDDEN = """
== shop/models.py
class Live(models.Manager):
    use_in_migrations = True

    def get_queryset(self):
        return super().get_queryset().filter(gone=False)


class Item(models.Model):
    name = models.CharField(max_length=9)
    gone = models.BooleanField(default=False)
    objects = Live()

    class Meta:
        base_manager_name = "objects"
== shop/migrations/0001_initial.py
from django.db import migrations, models
import shop.models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            "Item",
            [
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=9)),
                ("gone", models.BooleanField(default=False)),
                ("old", models.IntegerField(null=True)),
            ],
            options={"base_manager_name": "objects"},
            managers=[("objects", shop.models.Live())],
        )
    ]
"""


def test_rows_that_a_manager_hides_come_along_and_go_back(tmp_path: Path) -> None:
    body = 'for name in "abc":\n        Item.objects.create(name=name, gone=name == "a", old=1)'
    found = small(tmp_path, HIDDEN + seed(body) + LATER)
    assert found.is_proved, found.report
    assert found.rungs["0002_seed#0"] == WRITTEN
    assert found.rows("SELECT name, gone FROM shop_item ORDER BY id") == [("a", 1), ("b", 0), ("c", 0)]
    assert found.rows_after_rollback("shop", "0001", "SELECT name FROM shop_item") == []


LANDS = """
== geo/models.py
import uuid

from django.db import models


class Land(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=9)
== geo/migrations/0001_initial.py
import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            "Land",
            [
                ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, serialize=False)),
                ("name", models.CharField(max_length=9)),
            ],
        )
    ]
== geo/migrations/0002_seed.py
from django.db import migrations


def seed(apps, schema_editor):
    apps.get_model("geo", "Land").objects.create(name="at")


class Migration(migrations.Migration):
    dependencies = [("geo", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
== shop/models.py
class Item(models.Model):
    land = models.ForeignKey("geo.Land", models.CASCADE)
== shop/migrations/0001_initial.py
dependencies = [("geo", "0001_initial")]
operations = [
    migrations.CreateModel(
        "Item", [ID, ("old", models.IntegerField(null=True)), ("land", models.ForeignKey("geo.Land", models.CASCADE))]
    )
]
"""


def test_rows_that_literal_rows_of_another_app_point_to_become_literal_too(tmp_path: Path) -> None:
    body = 'Item.objects.create(old=1, land=apps.get_model("geo", "Land").objects.get(name="at"))'
    found = small(tmp_path, LANDS + seed(body, depends='("shop", "0001_initial"), ("geo", "0002_seed")') + LATER)
    assert found.is_proved, found.report
    assert found.rows("SELECT name FROM geo_land JOIN shop_item ON land_id = geo_land.id") == [("at",)]


FILES = """
== shop/models.py
class Item(models.Model):
    doc = models.FileField(null=True)
== shop/migrations/0001_initial.py
operations = [
    migrations.CreateModel(
        "Item", [ID, ("doc", models.FileField(null=True, upload_to="")), ("old", models.IntegerField(null=True))]
    )
]
"""
MEDIA = 'MEDIA_ROOT = BASE_DIR / "media"\n'


def with_file() -> str:
    body = 'Item.objects.create(old=1, doc=default_storage.save("terms.txt", ContentFile(b"terms")))'
    imports = (
        "from django.core.files.base import ContentFile",
        "from django.core.files.storage import default_storage",
    )
    return FILES + seed(body, *imports) + LATER


def test_a_file_that_does_not_come_along_with_its_row_is_told(tmp_path: Path) -> None:
    found = small(tmp_path, with_file(), MEDIA)
    assert found.is_proved, found.report
    assert found.rungs["0002_seed#0"] == WRITTEN
    (warning,) = (event["text"] for event in found.events if event.get("event") == "warning")
    assert warning == (
        "shop.0002 seed wrote 1 file (media/terms.txt). That does not come along: only what it left in the database is "
        "written."
    )
    assert {"question": "outside:shop.0002_seed#0", "answer": "keep", "by": "--yes"} in found.report["answers"]
    certificate = json.loads((found.folder / ".migwizard/proof.json").read_text())
    assert any("shop.0002_seed#0 wrote 1 file (media/terms.txt)" in caveat for caveat in certificate["caveats"])


def test_an_operation_that_would_lose_its_file_can_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text(json.dumps({"outside:shop.0002_seed#0": "leave-out"}))
    project = write_project(tmp_path / "project", files_of(with_file()), settings=MEDIA)
    found = ride_in(project, "--answers", str(tmp_path / "answers.json"))
    assert found.code == 1
    assert "because it was decided to leave that out" in found.report["sentence"]


CODES = """
== shop/models.py
class Item(models.Model):
    name = models.CharField(max_length=9)
    code = models.CharField(max_length=40, db_column="the_code")
    at = models.DateTimeField(auto_now_add=True)
== shop/migrations/0001_initial.py
operations = [
    migrations.CreateModel(
        "Item",
        [
            ID,
            ("name", models.CharField(max_length=9)),
            ("code", models.CharField(max_length=40, db_column="the_code")),
            ("at", models.DateTimeField(auto_now_add=True)),
            ("old", models.IntegerField(null=True)),
        ],
    )
]
"""
RANDOM = "from django.utils.crypto import get_random_string"


OF_A_MODEL = 'Item.objects.create(name="a", code=get_random_string(32), old=1)'
OF_NO_MODEL = """
    schema_editor.execute("CREATE TABLE aside (id integer PRIMARY KEY, the_code text)")
    schema_editor.execute("INSERT INTO aside (the_code) VALUES (%s)", [get_random_string(32)])
    Item.objects.update(old=1)
"""


@pytest.mark.parametrize(("body", "raw"), [(OF_A_MODEL, False), (OF_NO_MODEL, True)], ids=["a model", "no model"])
def test_what_each_database_makes_for_itself_is_asked_about_before_it_is_written_down(
    tmp_path: Path, body: str, raw: bool
) -> None:
    found = small(tmp_path, CODES + seed(body, RANDOM) + LATER)
    assert found.is_proved, found.report
    table, column = ("aside", "the_code") if raw else ("shop_item", "code")
    (warning,) = (event["text"] for event in found.events if event.get("event") == "warning")
    assert warning.startswith(f"{table}: {column} of the rows written differ at each run of the old history")
    assert {"question": f"rows:{table}", "answer": "migration", "by": "--yes"} in found.report["answers"]


def test_values_that_only_others_rows_make_anew_are_not_asked_about(tmp_path: Path) -> None:
    fresh = """
== shop/migrations/0004_more.py
from django.db import migrations
from django.utils.crypto import get_random_string


def more(apps, schema_editor):
    apps.get_model("shop", "Item").objects.create(name="b", code=get_random_string(32))


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_without")]
    operations = [migrations.RunPython(more, migrations.RunPython.noop)]
"""
    found = small(tmp_path, CODES + seed('Item.objects.create(name="a", code="fixed", old=1)') + LATER + fresh)
    assert found.is_proved, found.report
    assert found.rungs["0002_seed#0"] == WRITTEN
    assert found.rungs["0004_more#0"] == ("seed", "move")
    assert not [event for event in found.events if event.get("event") == "warning"]


STORED = """
== shop/models.py
class Item(models.Model):
    data = models.JSONField(null=True)
    at = models.DateTimeField(null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
== shop/migrations/0001_initial.py
operations = [
    migrations.CreateModel(
        "Item",
        [
            ID,
            ("data", models.JSONField(null=True)),
            ("at", models.DateTimeField(null=True)),
            ("price", models.DecimalField(max_digits=8, decimal_places=2, default=0)),
            ("old", models.IntegerField(null=True)),
        ],
    )
]
"""


@pytest.mark.parametrize(
    ("body", "column", "value"),
    [
        ("Item.objects.create(old=1, data=models.Value(None, models.JSONField()))", "data", "null"),
        ("insert(schema_editor, 'data', '{\"x\":1}')", "data", '{"x":1}'),
        ("insert(schema_editor, 'at', '2020-01-01T00:00:00+02:00')", "at", "2020-01-01T00:00:00+02:00"),
    ],
    ids=["null in JSON", "JSON", "moment"],
)
def test_rows_that_their_model_would_store_in_another_way_are_written_as_they_are(
    tmp_path: Path, body: str, column: str, value: str
) -> None:
    insert = """
def insert(schema_editor, column, value):
    schema_editor.execute(f"INSERT INTO shop_item ({column}, price, old) VALUES (%s, 1.5, 1)", [value])
"""
    found = small(tmp_path, STORED + seed(body, "from django.db import models", insert) + LATER)
    assert found.is_proved, found.report
    assert found.rungs["0002_seed#0"] == WRITTEN
    assert found.rows(f"SELECT {column} FROM shop_item") == [(value,)]
    assert found.rows_after_rollback("shop", "0001", "SELECT id FROM shop_item") == []
