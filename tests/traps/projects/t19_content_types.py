"""Content types are numbered in the order of the files; a row points at one."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t19/models.py
class Apple(models.Model):
    pass


class Zebra(models.Model):
    pass


class Note(models.Model):
    about = models.ForeignKey("contenttypes.ContentType", models.CASCADE)
== t19/migrations/0001_initial.py
dependencies = [("contenttypes", "0002_remove_content_type_name")]
operations = [
    migrations.CreateModel("Zebra", [ID]),
    migrations.CreateModel("Memo", [ID, ("about", models.ForeignKey("contenttypes.ContentType", models.CASCADE))]),
]
== t19/migrations/0002_memo.py
from django.db import migrations


def make(apps, schema_editor):
    kinds = apps.get_model("contenttypes", "ContentType").objects
    kinds.get_or_create(app_label="t19", model="memo")
    zebra, _ = kinds.get_or_create(app_label="t19", model="zebra")
    apps.get_model("t19", "Memo").objects.create(about=zebra)


class Migration(migrations.Migration):
    dependencies = [("t19", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
== t19/migrations/0003_note.py
dependencies = [("t19", "0002_memo")]
operations = [migrations.RenameModel("Memo", "Note"), migrations.CreateModel("Apple", [ID])]
"""

NUMBERS = "SELECT model, id FROM django_content_type WHERE app_label = 't19' ORDER BY id"


def alone(project: Alone) -> str:
    project.do("migrate", "-v0")
    old = project.query(NUMBERS)
    project.remade()
    new = project.query(NUMBERS)
    assert {model for model, _ in old} == {model for model, _ in new}
    assert old != new
    return "made anew, the same content types have other numbers, and whatever names them by number is wrong"


def wizard(reset: Reset) -> str:
    join = "SELECT model FROM t19_note JOIN django_content_type c ON c.id = about_id"
    assert reset.rows(join) == [("zebra",)]
    assert reset.after.query(NUMBERS) == reset.before.query(NUMBERS)
    return "they are compared, and written, by label and model; databases keep their numbers"


TRAP = Trap(
    number="T19",
    title="Content types get other numbers",
    files=files_of(FILES),
    apps=("django.contrib.contenttypes",),
    group="histories",
    alone=alone,
    wizard=wizard,
)
