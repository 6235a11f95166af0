"""Old databases have an index which no model declares: the state forgot it, the database did not."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t27/models.py
class Thing(models.Model):
    sent = models.IntegerField()
== t27/migrations/0001_initial.py
operations = [migrations.CreateModel("Thing", [ID, ("sent", models.IntegerField(db_index=True))])]
== t27/migrations/0002_forget.py
dependencies = [("t27", "0001_initial")]
operations = [
    migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AlterField("thing", "sent", models.IntegerField())]
    )
]
"""

INDEXES = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = 't27_thing'"


def alone(project: Alone) -> str:
    project.do("migrate", "-v0")
    project.passes_check()
    assert project.query(INDEXES) == [(1,)]
    project.remade()
    assert project.query(INDEXES) == [(0,)]
    return "new databases lack the index; `makemigrations --check` sees no changes before and after"


def wizard(reset: Reset) -> str:
    assert reset.rows(INDEXES) == reset.after.query(INDEXES) == [(1,)]
    assert "CREATE INDEX" in reset.text("t27")
    return "asked about, and kept by SQL unless somebody says otherwise"


TRAP = Trap(
    number="T27",
    title="Databases have what no model declares",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    wizard=wizard,
)
