"""An index on the hidden _order column of a model whose order follows a relation that has to wait."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t11a/models.py
class A(models.Model):
    b = models.ForeignKey("t11b.B", models.CASCADE, related_name="+")

    class Meta:
        order_with_respect_to = "b"
        indexes = [models.Index(fields=["_order"], name="t11_order_idx")]
== t11a/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID])]
== t11a/migrations/0002_b.py
dependencies = [("t11a", "0001_initial"), ("t11b", "0001_initial")]
operations = [
    migrations.AddField("a", "b", models.ForeignKey("t11b.B", models.CASCADE, related_name="+")),
    migrations.AlterOrderWithRespectTo("a", "b"),
    migrations.AddIndex("a", models.Index(fields=["_order"], name="t11_order_idx")),
]
== t11b/models.py
class B(models.Model):
    a = models.OneToOneField("t11a.A", models.CASCADE, primary_key=True, related_name="+")
== t11b/migrations/0001_initial.py
dependencies = [("t11a", "0001_initial")]
operations = [migrations.CreateModel("B", [("a", models.OneToOneField("t11a.A", models.CASCADE, primary_key=True, related_name="+", serialize=False))])]
"""


STRIPPED = """
== t11a/migrations/0001_initial.py
operations = [
    migrations.CreateModel("A", [ID], {"indexes": [models.Index(fields=["_order"], name="t11_order_idx")]}),
]
"""
"""Without the relation and the order that follows it."""


def alone(project: Alone) -> str:
    project.remade()
    project.forget()
    project.write(files_of(STRIPPED))
    return "Django is right; where the relation and the order alone are stripped, " + project.fails(
        "migrate", says="FieldDoesNotExist"
    )


def wizard(reset: Reset) -> str:
    first, (name, text) = reset.files("t11a").items()
    assert "_order" not in first[1].partition("operations = ")[2]
    assert text.index("order_with_respect_to='b'") < text.index("t11_order_idx")
    assert '"_order"' in reset.sql("t11_order_idx")
    return f"relation, order and index come one after the other in `{name}`"


TRAP = Trap(
    number="T11",
    title="An index on the hidden `_order` of a relation that has to wait",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
