"""The target of a foreign key is unique by a constraint, which Django lets wait for a relation of its model."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t12b/models.py
class A(models.Model):
    b = models.ForeignKey("t12a.B", models.CASCADE, to_field="code", related_name="+")
== t12b/migrations/0001_initial.py
dependencies = [("t12a", "0001_initial")]
operations = [
    migrations.CreateModel(
        "A", [ID, ("b", models.ForeignKey("t12a.B", models.CASCADE, to_field="code", related_name="+"))]
    )
]
== t12a/models.py
class B(models.Model):
    code = models.CharField(max_length=9)
    a = models.ForeignKey("t12b.A", models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="t12_code")]
== t12a/migrations/0001_initial.py
operations = [
    migrations.CreateModel("B", [ID, ("code", models.CharField(max_length=9))]),
    migrations.AddConstraint("b", models.UniqueConstraint(fields=["code"], name="t12_code")),
]
== t12a/migrations/0002_a.py
dependencies = [("t12b", "0001_initial"), ("t12a", "0001_initial")]
operations = [migrations.AddField("b", "a", models.ForeignKey("t12b.A", models.CASCADE, null=True, related_name="+"))]
"""


def alone(project: Alone) -> str:
    project.forget()
    project.do("makemigrations", "--noinput")
    project.passes_check()
    return project.fails("migrate", says="foreign key mismatch")


def wizard(reset: Reset) -> str:
    (first, *_) = reset.files("t12a").values()
    assert "t12_code" in first
    return "the constraint is in the first file, before what points at it"


TRAP = Trap(
    number="T12",
    title="The target of a foreign key is unique by a constraint",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
