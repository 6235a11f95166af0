"""A foreign key to a field that is a relation itself, in a cycle: one of the two must not wait."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t04a/models.py
class A(models.Model):
    b = models.ForeignKey("t04b.B", models.CASCADE, to_field="owner")


class C(models.Model):
    d = models.ForeignKey("t04b.B", models.CASCADE)
== t04a/migrations/0001_initial.py
operations = [migrations.CreateModel("C", [ID])]
== t04a/migrations/0002_a.py
dependencies = [("t04a", "0001_initial"), ("t04b", "0001_initial")]
operations = [
    migrations.CreateModel("A", [ID, ("b", models.ForeignKey("t04b.B", models.CASCADE, to_field="owner"))]),
    migrations.AddField("c", "d", models.ForeignKey("t04b.B", models.CASCADE)),
]
== t04b/models.py
class B(models.Model):
    owner = models.OneToOneField("t04a.C", models.CASCADE)
== t04b/migrations/0001_initial.py
dependencies = [("t04a", "0001_initial")]
operations = [migrations.CreateModel("B", [ID, ("owner", models.OneToOneField("t04a.C", models.CASCADE))])]
"""


NAIVE = """
== t04a/migrations/0001_initial.py
dependencies = [("t04b", "0001_initial")]
operations = [
    migrations.CreateModel("A", [ID, ("b", models.ForeignKey("t04b.B", models.CASCADE, to_field="owner"))]),
    migrations.CreateModel("C", [ID, ("d", models.ForeignKey("t04b.B", models.CASCADE))]),
]
== t04b/migrations/0001_initial.py
operations = [migrations.CreateModel("B", [ID])]
== t04b/migrations/0002_owner.py
dependencies = [("t04b", "0001_initial"), ("t04a", "0001_initial")]
operations = [migrations.AddField("b", "owner", models.OneToOneField("t04a.C", models.CASCADE))]
"""
"""What a tool writes that lets the one field wait which leads from one app back to the other."""


def alone(project: Alone) -> str:
    project.remade()
    project.forget()
    project.write(files_of(NAIVE))
    project.passes_check()
    return "Django is right; where `owner` is the one to wait, " + project.fails("migrate", says="FieldDoesNotExist")


def wizard(reset: Reset) -> str:
    (_, (name, text)) = reset.files("t04a").items()
    assert len(reset.files("t04b")) == 1
    assert "to_field='owner'" in text
    return f"`owner` is in its model, and what needs it comes in `{name}`"


TRAP = Trap(
    number="T4",
    title="A foreign key by `to_field` to a relation that would wait",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
