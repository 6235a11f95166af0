"""A composite primary key with a foreign key that has to wait."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t03a/models.py
class A(models.Model):
    pk = models.CompositePrimaryKey("b_id", "n")
    b = models.ForeignKey("t03b.B", models.CASCADE)
    n = models.IntegerField()


class C(models.Model):
    pass
== t03a/migrations/0001_initial.py
operations = [migrations.CreateModel("C", [ID])]
== t03a/migrations/0002_a.py
dependencies = [("t03a", "0001_initial"), ("t03b", "0001_initial")]
operations = [
    migrations.CreateModel(
        "A",
        [
            ("pk", models.CompositePrimaryKey("b_id", "n", blank=True, editable=False, primary_key=True, serialize=False)),
            ("n", models.IntegerField()),
            ("b", models.ForeignKey("t03b.B", models.CASCADE)),
        ],
    )
]
== t03b/models.py
class B(models.Model):
    c = models.ForeignKey("t03a.C", models.CASCADE)
== t03b/migrations/0001_initial.py
dependencies = [("t03a", "0001_initial")]
operations = [migrations.CreateModel("B", [ID, ("c", models.ForeignKey("t03a.C", models.CASCADE))])]
"""


def alone(project: Alone) -> str:
    project.forget()
    project.do("makemigrations", "--noinput")
    project.passes_check()
    return project.fails("migrate", says="FieldDoesNotExist") + ", while `makemigrations --check` sees no changes"


def wizard(reset: Reset) -> str:
    first, second = reset.files("t03a").items()
    assert "name='C'" in first[1]
    assert "name='A'" not in first[1]
    assert "name='A'" in second[1]
    assert "AddField" not in second[1]
    return f"the whole model waits: `{second[0]}` makes it with its key"


TRAP = Trap(
    number="T3",
    title="A composite primary key over a foreign key that has to wait",
    since=(5, 2),
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
