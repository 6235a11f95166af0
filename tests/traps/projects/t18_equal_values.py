"""An update that hits rows and changes none of their values."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t18/models.py
class Thing(models.Model):
    name = models.CharField(max_length=9)
    note = models.CharField(max_length=9, null=True)
== t18/migrations/0001_initial.py
operations = [
    migrations.CreateModel(
        "Thing", [ID, ("name", models.CharField(max_length=9)), ("note", models.CharField(max_length=9, null=True))]
    )
]
== t18/migrations/0002_thing.py
from django.db import migrations


def make(apps, schema_editor):
    apps.get_model("t18", "Thing").objects.create(name="one")


class Migration(migrations.Migration):
    dependencies = [("t18", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
== t18/migrations/0003_clear.py
from django.db import migrations


def clear(apps, schema_editor):
    hit = apps.get_model("t18", "Thing").objects.update(note=None)
    print("rows hit:", hit)


class Migration(migrations.Migration):
    dependencies = [("t18", "0002_thing")]
    operations = [migrations.RunPython(clear, migrations.RunPython.noop)]
"""


def alone(project: Alone) -> str:
    assert "rows hit: 1" in project.do("migrate", "-v0")
    project.do("squashmigrations", "--noinput", "t18", "0003")
    (squashed,) = [text for name, text in project.migrations("t18").items() if "squashed" in name]
    assert "0003_clear" in squashed
    return "one row is hit, so it looks like data; `squashmigrations` keeps it, to be copied by hand"


def wizard(reset: Reset) -> str:
    assert reset.rung("t18.0002_thing#0") == ("seed", "move")
    assert reset.rung("t18.0003_clear#0") == ("one-time", None)
    assert "clear" not in reset.text("t18")
    assert reset.rows("SELECT name, note FROM t18_thing") == [("one", None)]
    return "values are compared, none changed: one-time, left out"


TRAP = Trap(
    number="T18",
    title="An update with equal values",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    wizard=wizard,
)
