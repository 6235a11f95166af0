"""A primary key that is a relation is stripped from its model, and added in a later file."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t09a/models.py
class C(models.Model):
    pass


class A(models.Model):
    b = models.OneToOneField("t09b.B", models.CASCADE, primary_key=True)
== t09a/migrations/0001_initial.py
operations = [migrations.CreateModel("C", [ID])]
== t09a/migrations/0002_a.py
dependencies = [("t09a", "0001_initial"), ("t09b", "0001_initial")]
operations = [
    migrations.CreateModel("A", [("b", models.OneToOneField("t09b.B", models.CASCADE, primary_key=True, serialize=False))])
]
== t09b/models.py
class B(models.Model):
    c = models.ForeignKey("t09a.C", models.CASCADE)
== t09b/migrations/0001_initial.py
dependencies = [("t09a", "0001_initial")]
operations = [migrations.CreateModel("B", [ID, ("c", models.ForeignKey("t09a.C", models.CASCADE))])]
"""

STRIPPED = """
== t09a/migrations/0001_initial.py
operations = [migrations.CreateModel("C", [ID]), migrations.CreateModel("A", [])]
== t09a/migrations/0002_b.py
dependencies = [("t09a", "0001_initial"), ("t09b", "0001_initial")]
operations = [
    migrations.AddField("a", "b", models.OneToOneField("t09b.B", models.CASCADE, primary_key=True, serialize=False))
]
== t09b/migrations/0001_initial.py
dependencies = [("t09a", "0001_initial")]
operations = [migrations.CreateModel("B", [ID, ("c", models.ForeignKey("t09a.C", models.CASCADE))])]
"""
"""The key is stripped, so that Django gives the model an `id`, and comes back."""


def alone(project: Alone) -> str:
    project.forget()
    project.write(files_of(STRIPPED))
    project.do("migrate", "-v0", "t09a", "0001")
    assert '"id" integer NOT NULL PRIMARY KEY' in project.sql("t09a_a")
    project.do("migrate", "-v0")
    project.passes_check()
    return "stripped and added again: the table is made with an `id` that no model has, and `makemigrations --check` sees no changes"


def postgresql(project: Alone) -> str:
    project.forget()
    project.write(files_of(STRIPPED))
    return project.fails("migrate", says="multiple primary keys for table")


def wizard(reset: Reset) -> str:
    assert "name='b'" not in reset.text("t09a")
    assert reset.rows("SELECT name, pk FROM pragma_table_info('t09a_a')") == [("b_id", 1)]
    return "a model is never parted from its key"


TRAP = Trap(
    number="T9",
    title="A primary key is stripped from its model",
    files=files_of(FILES),
    alone=alone,
    postgresql=postgresql,
    wizard=wizard,
)
