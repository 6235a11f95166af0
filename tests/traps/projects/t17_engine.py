"""An operation that does nothing on this engine, and something on another."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t17/models.py
class Thing(models.Model):
    name = models.CharField(max_length=9)
== t17/migrations/0001_initial.py
operations = [migrations.CreateModel("Thing", [ID, ("name", models.CharField(max_length=9))])]
== t17/migrations/0002_view.py
from django.db import migrations


def make_view(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE MATERIALIZED VIEW t17_names AS SELECT name FROM t17_thing")


class Migration(migrations.Migration):
    dependencies = [("t17", "0001_initial")]
    operations = [migrations.RunPython(make_view, migrations.RunPython.noop)]
"""


def alone(project: Alone) -> str:
    project.remade()
    assert not [text for text in project.migrations("t17").values() if "t17_names" in text]
    return "made anew, it is gone, and nothing says that PostgreSQL will lack it"


def wizard(reset: Reset) -> str:
    assert reset.rung("t17.0002_view#0") == ("ask", "move")
    assert "CREATE MATERIALIZED VIEW" in reset.text("t17")
    return "what ran no statement is asked about, and kept unless somebody says otherwise"


TRAP = Trap(
    number="T17",
    title="An operation that does nothing on this engine",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    wizard=wizard,
)
