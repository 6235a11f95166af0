"""A unique_together over a relation that has to wait."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== h3a/models.py
class A(models.Model):
    n = models.IntegerField()
    b = models.ForeignKey("h3b.B", models.CASCADE, related_name="+")

    class Meta:
        unique_together = [("n", "b")]
== h3a/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID, ("n", models.IntegerField())])]
== h3a/migrations/0002_b.py
dependencies = [("h3a", "0001_initial"), ("h3b", "0001_initial")]
operations = [
    migrations.AddField("a", "b", models.ForeignKey("h3b.B", models.CASCADE, related_name="+")),
    migrations.AlterUniqueTogether("a", {("n", "b")}),
]
== h3b/models.py
class B(models.Model):
    a = models.OneToOneField("h3a.A", models.CASCADE, primary_key=True, related_name="+")
== h3b/migrations/0001_initial.py
dependencies = [("h3a", "0001_initial")]
operations = [
    migrations.CreateModel(
        "B",
        [("a", models.OneToOneField("h3a.A", models.CASCADE, primary_key=True, related_name="+", serialize=False))],
    )
]
"""

STRIPPED = """
== h3a/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID, ("n", models.IntegerField())], {"unique_together": {("n", "b")}})]
"""
"""Without the relation alone."""


def alone(project: Alone) -> str:
    project.remade()
    project.forget()
    project.write(files_of(STRIPPED))
    return "Django is right; where the relation alone is stripped, " + project.fails(
        "migrate", says="FieldDoesNotExist"
    )


def wizard(reset: Reset) -> str:
    first, (name, second) = reset.files("h3a").items()
    assert "unique_together" not in first[1]
    assert second.index("name='b'") < second.index("unique_together")
    assert reset.rows("SELECT count(*) FROM pragma_index_list('h3a_a') WHERE \"unique\"") == [(1,)]
    return f"it follows the relation in `{name}`"


TRAP = Trap(
    number="H3",
    title="`unique_together` over a relation that has to wait",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
