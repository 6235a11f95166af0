"""Django leaves the relations of unmanaged models out of its migrations; an old seed used one."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t10/models.py
class Owner(models.Model):
    name = models.CharField(max_length=20)


class Report(models.Model):
    owner = models.ForeignKey(Owner, models.DO_NOTHING)

    class Meta:
        managed = False
        db_table = "t10_owner"
== t10/migrations/0001_initial.py
operations = [
    migrations.CreateModel("Owner", [ID, ("name", models.CharField(max_length=20))]),
    migrations.CreateModel(
        "Report",
        [ID, ("owner", models.ForeignKey("t10.Owner", models.DO_NOTHING, db_column="id"))],
        {"managed": False, "db_table": "t10_owner"},
    ),
]
== t10/migrations/0002_owner.py
from django.db import migrations


def name(apps, schema_editor):
    apps.get_model("t10", "Owner").objects.create(name="Ada")
    apps.get_model("t10", "Report").objects.get(owner__name="Ada")


class Migration(migrations.Migration):
    dependencies = [("t10", "0001_initial")]
    operations = [migrations.RunPython(name, migrations.RunPython.noop)]
"""

SEED = "t10/migrations/0002_owner.py"


def alone(project: Alone) -> str:
    seed = (project.root / SEED).read_text()
    project.forget()
    project.do("makemigrations", "--noinput")
    assert "ForeignKey" not in project.migrations("t10")["0001_initial"]
    project.write({SEED: seed})
    return "the relation is left out, so that the old seed fails behind it: " + project.fails(
        "migrate", says="FieldError"
    )


def wizard(reset: Reset) -> str:
    assert reset.rung("t10.0002_owner#0") == ("seed", "materialise")
    assert reset.rows("SELECT name FROM t10_owner") == [("Ada",)]
    return "the moved seed fails on scratch, so its rows are written instead"


TRAP = Trap(
    number="T10",
    title="A seed uses a relation of an unmanaged model",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
