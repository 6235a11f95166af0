"""A table that hand-written SQL makes in another way than the model says."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t16/models.py
class Entry(models.Model):
    title = models.TextField()
== t16/migrations/0001_initial.py
operations = [
    migrations.SeparateDatabaseAndState(
        state_operations=[migrations.CreateModel("Entry", [ID, ("title", models.TextField())])],
        database_operations=[
            migrations.RunSQL("CREATE VIRTUAL TABLE t16_entry USING fts5(id UNINDEXED, title)", "DROP TABLE t16_entry")
        ],
    )
]
"""


def alone(project: Alone) -> str:
    project.remade()
    assert project.sql("t16_entry").startswith('CREATE TABLE "t16_entry"')
    project.passes_check()
    return "made anew, it is a plain table, and `makemigrations --check` sees no changes"


def wizard(reset: Reset) -> str:
    assert reset.sql("t16_entry") == reset.before.sql("t16_entry")
    assert "USING fts5" in reset.sql("t16_entry")
    assert "CreateModel" in reset.text("t16")
    return "the SQL makes the table, the generated operation is the state"


TRAP = Trap(
    number="T16",
    title="A table made by SQL beside the state",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    wizard=wizard,
)
