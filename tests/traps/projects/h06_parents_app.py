"""A seed makes rows of a child; the parent's app adds a field in a later file."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== h6a/models.py
class Thing(models.Model):
    pass
== h6a/migrations/0001_initial.py
operations = [migrations.CreateModel("Thing", [ID])]
== h6a/migrations/0002_child.py
from django.db import migrations


def make(apps, schema_editor):
    apps.get_model("h6q", "Child").objects.create(best=None)


class Migration(migrations.Migration):
    dependencies = [("h6a", "0001_initial"), ("h6q", "0001_initial"), ("h6p", "0002_best")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
== h6p/models.py
class Parent(models.Model):
    best = models.ForeignKey("h6q.Child", models.CASCADE, null=True, related_name="+")
== h6p/migrations/0001_initial.py
operations = [migrations.CreateModel("Parent", [ID])]
== h6p/migrations/0002_best.py
dependencies = [("h6p", "0001_initial"), ("h6q", "0001_initial")]
operations = [
    migrations.AddField("parent", "best", models.ForeignKey("h6q.Child", models.CASCADE, null=True, related_name="+"))
]
== h6q/models.py
from h6p.models import Parent


class Child(Parent):
    pass
== h6q/migrations/0001_initial.py
dependencies = [("h6p", "0001_initial")]
operations = [
    migrations.CreateModel(
        "Child",
        [("parent_ptr", models.OneToOneField("h6p.Parent", models.CASCADE, auto_created=True, parent_link=True, primary_key=True, serialize=False))],
        bases=("h6p.parent",),
    )
]
"""

SEED = "h6a/migrations/0002_child.py"


def alone(project: Alone) -> str:
    project.remade()
    project.database.unlink()
    project.write({SEED: files_of(FILES)[SEED].replace(', ("h6p", "0002_best")', "")})
    return "where the seed depends on the app of its model, " + project.fails("migrate", says="TypeError")


def wizard(reset: Reset) -> str:
    (text,) = [text for text in reset.files("h6a").values() if "objects.create" in text]
    last = reset.names("h6p")[-1]
    assert f"('h6p', '{last}')" in text.replace('"', "'")
    assert reset.rows("SELECT count(*) FROM h6q_child") == [(1,)]
    return "it depends on the last schema file of the parent's app as well"


TRAP = Trap(
    number="H6",
    title="A seed makes rows of a child whose parent is of another app",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    wizard=wizard,
)
