"""Two apps point at each other, and a generated column is computed from the foreign key that has to wait."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t02a/models.py
class A(models.Model):
    b = models.ForeignKey("t02b.B", models.CASCADE, related_name="+")
    g = models.GeneratedField(
        expression=models.F("b_id") * 2, output_field=models.IntegerField(), db_persist=True
    )
== t02a/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID])]
== t02a/migrations/0002_b.py
dependencies = [("t02a", "0001_initial"), ("t02b", "0001_initial")]
operations = [
    migrations.AddField("a", "b", models.ForeignKey("t02b.B", models.CASCADE, related_name="+")),
    migrations.AddField(
        "a",
        "g",
        models.GeneratedField(
            expression=models.expressions.CombinedExpression(models.F("b_id"), "*", models.Value(2)),
            output_field=models.IntegerField(),
            db_persist=True,
        ),
    ),
]
== t02b/models.py
class B(models.Model):
    a = models.OneToOneField("t02a.A", models.CASCADE, primary_key=True, related_name="+")
== t02b/migrations/0001_initial.py
dependencies = [("t02a", "0001_initial")]
operations = [migrations.CreateModel("B", [("a", models.OneToOneField("t02a.A", models.CASCADE, primary_key=True, related_name="+", serialize=False))])]
"""


def alone(project: Alone) -> str:
    project.forget()
    project.do("makemigrations", "--noinput")
    project.passes_check()
    return project.fails("migrate", says="FieldError") + ", while `makemigrations --check` sees no changes"


def wizard(reset: Reset) -> str:
    _, (name, text) = reset.files("t02a").items()
    assert text.index("name='b'") < text.index("name='g'")
    assert "GENERATED ALWAYS" in reset.sql("t02a_a")
    return f"`g` waits together with its foreign key and follows it in `{name}`"


TRAP = Trap(
    number="T2",
    title="A generated column over a foreign key that has to wait",
    since=(5, 0),
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
