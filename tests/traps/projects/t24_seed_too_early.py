"""A seed is put before a field that must not be null comes to its table."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t24a/models.py
class Base(models.Model):
    pass


class A(models.Model):
    b = models.ForeignKey("t24b.B", models.CASCADE)
== t24a/migrations/0001_initial.py
operations = [migrations.CreateModel("Base", [ID]), migrations.CreateModel("A", [ID])]
== t24a/migrations/0002_b.py
dependencies = [("t24a", "0001_initial"), ("t24b", "0001_initial")]
operations = [migrations.AddField("a", "b", models.ForeignKey("t24b.B", models.CASCADE, null=True))]
== t24a/migrations/0003_rows.py
from django.db import migrations


def make(apps, schema_editor):
    b = apps.get_model("t24b", "B").objects.create()
    apps.get_model("t24a", "A").objects.create(b=b)


class Migration(migrations.Migration):
    dependencies = [("t24a", "0002_b")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
== t24a/migrations/0004_not_null.py
dependencies = [("t24a", "0003_rows")]
operations = [migrations.AlterField("a", "b", models.ForeignKey("t24b.B", models.CASCADE))]
== t24b/models.py
from t24a.models import Base


class B(Base):
    pass
== t24b/migrations/0001_initial.py
dependencies = [("t24a", "0001_initial")]
operations = [
    migrations.CreateModel(
        "B",
        [("base_ptr", models.OneToOneField("t24a.Base", models.CASCADE, auto_created=True, parent_link=True, primary_key=True, serialize=False))],
        bases=("t24a.base",),
    )
]
"""

NAIVE = """
== t24a/migrations/0001_initial.py
operations = [migrations.CreateModel("Base", [ID]), migrations.CreateModel("A", [ID])]
== t24a/migrations/0002_rows.py
from django.db import migrations


def make(apps, schema_editor):
    apps.get_model("t24a", "A").objects.create()


class Migration(migrations.Migration):
    dependencies = [("t24a", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
== t24a/migrations/0003_b.py
dependencies = [("t24a", "0002_rows"), ("t24b", "0001_initial")]
operations = [migrations.AddField("a", "b", models.ForeignKey("t24b.B", models.CASCADE), preserve_default=False)]
"""
"""The seed follows the first file of its app, as it did in the old history."""


def alone(project: Alone) -> str:
    project.forget("t24a")
    project.write(files_of(NAIVE))
    return "where the seed follows the first file of its app, " + project.fails("migrate", says="IntegrityError")


def wizard(reset: Reset) -> str:
    *_, text = reset.files("t24a").values()
    assert "objects.create" in text
    assert "objects.create" not in "".join([*reset.files("t24a").values()][:-1]) + reset.text("t24b")
    assert reset.rows("SELECT b_id FROM t24a_a") == [(1,)]
    return "seeds come behind all schema files of every app that they touch"


TRAP = Trap(
    number="T24",
    title="A seed before a field that must not be null",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    wizard=wizard,
)
