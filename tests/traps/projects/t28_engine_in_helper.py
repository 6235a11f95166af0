"""An operation asks for the engine in a helper, so that its own source does not show it."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t28/models.py
class Thing(models.Model):
    name = models.CharField(max_length=9)
== t28/tools.py
from django.db import connection


def is_postgres():
    return connection.vendor == "postgresql"
== t28/migrations/0001_initial.py
operations = [migrations.CreateModel("Thing", [ID, ("name", models.CharField(max_length=9))])]
== t28/migrations/0002_view.py
from django.db import migrations

from t28.tools import is_postgres


def make_view(apps, schema_editor):
    if is_postgres():
        schema_editor.execute("CREATE MATERIALIZED VIEW t28_names AS SELECT name FROM t28_thing")


class Migration(migrations.Migration):
    dependencies = [("t28", "0001_initial")]
    operations = [migrations.RunPython(make_view, migrations.RunPython.noop)]
"""

SOURCE = "t28/migrations/0002_view.py"


def alone(project: Alone) -> str:
    assert "vendor" not in (project.root / SOURCE).read_text()
    project.remade()
    assert not [text for text in project.migrations("t28").values() if "t28_names" in text]
    return "made anew, it is gone; a search for `vendor` does not find it"


def wizard(reset: Reset) -> str:
    assert reset.rung("t28.0002_view#0") == ("ask", "move")
    assert "is_postgres()" in reset.text("t28")
    return "it ran no statement, so it is asked about and kept, with its helper"


TRAP = Trap(
    number="T28",
    title="The engine is asked for in a helper",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    wizard=wizard,
)
