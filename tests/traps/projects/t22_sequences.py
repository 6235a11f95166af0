"""Rows are written with their keys, and the sequence of the table does not know it."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t22/models.py
class Thing(models.Model):
    name = models.CharField(max_length=9)
== t22/migrations/0001_initial.py
operations = [
    migrations.CreateModel("Thing", [ID, ("name", models.CharField(max_length=9)), ("note", models.CharField(max_length=9))])
]
== t22/migrations/0002_things.py
from django.db import migrations


def make(apps, schema_editor):
    for name in ("one", "two"):
        apps.get_model("t22", "Thing").objects.create(name=name, note=name)


class Migration(migrations.Migration):
    dependencies = [("t22", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
== t22/migrations/0003_no_note.py
dependencies = [("t22", "0002_things")]
operations = [migrations.RemoveField("thing", "note")]
"""


NAIVE = """
== t22/migrations/0001_initial.py
operations = [migrations.CreateModel("Thing", [ID, ("name", models.CharField(max_length=9))])]
== t22/migrations/0002_rows.py
dependencies = [("t22", "0001_initial")]
operations = [migrations.RunSQL("INSERT INTO t22_thing (id, name) VALUES (1, 'one'), (2, 'two')", "")]
"""

NEXT = """
from t22.models import Thing
Thing.objects.create(name="three")
"""


def alone(project: Alone) -> str:
    project.remade()
    assert project.query("SELECT count(*) FROM t22_thing") == [(0,)]
    return "made anew, the rows are gone"


def postgresql(project: Alone) -> str:
    project.forget()
    project.write(files_of(NAIVE))
    project.do("migrate", "-v0")
    return "where they are written with their keys, " + project.failed(
        project.code(NEXT), "the next insert", "duplicate key value violates unique constraint"
    )


def wizard(reset: Reset) -> str:
    assert reset.rung("t22.0002_things#0") == ("seed", "materialise")
    assert "reset_sequences(schema_editor.connection, [\n" in reset.text("t22")
    assert reset.rows("SELECT id, name FROM t22_thing") == [(1, "one"), (2, "two")]
    return "rows that are written with their keys move the sequence behind the last one"


TRAP = Trap(
    number="T22",
    title="Rows with keys leave the sequence behind",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    postgresql=postgresql,
    wizard=wizard,
)
