"""An old history that cannot run from zero: two databases on which it crashed are equal."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t23/models.py
class Thing(models.Model):
    name = models.CharField(max_length=9)
== t23/migrations/0001_first.py
from django.db import migrations


def check(apps, schema_editor):
    if "t23_legacy" not in schema_editor.connection.introspection.table_names():
        raise RuntimeError("this database was made before there were migrations")


class Migration(migrations.Migration):
    operations = [migrations.RunPython(check, migrations.RunPython.noop)]
== t23/migrations/0002_thing.py
dependencies = [("t23", "0001_first")]
operations = [migrations.CreateModel("Thing", [ID, ("name", models.CharField(max_length=9))])]
"""


def tables(project: Alone) -> list[str]:
    return [line for line in project.dump() if "t23" in line]


def alone(project: Alone) -> str:
    cell = project.fails("migrate", says="made before there were migrations")
    old = tables(project)
    project.forget()
    project.write(files_of(FILES.replace("0002_thing", "0002_fresh")))
    project.fails("migrate", says="made before there were migrations")
    assert old == tables(project) == []
    return f"{cell}; two databases on which it failed have the same tables: none"


def wizard(reset: Reset) -> str:
    assert "t23.0001_first" in reset.report["sentence"]
    return "stops: both runs must end well, with tables on both sides; says which operation failed"


TRAP = Trap(
    number="T23",
    title="Two databases on which `migrate` crashed are equal",
    files=files_of(FILES),
    prepare=(("migrate", "-v0", "--fake", "t23", "0001"), ("migrate", "-v0")),
    group="",
    stops=True,
    alone=alone,
    wizard=wizard,
)
