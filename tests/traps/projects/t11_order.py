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
    a = models.ForeignKey("t11a.A", models.CASCADE, related_name="+")
== t11b/migrations/0001_initial.py
dependencies = [("t11a", "0001_initial")]
operations = [migrations.CreateModel("B", [ID, ("a", models.ForeignKey("t11a.A", models.CASCADE, related_name="+"))])]
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
    assert '"_order"' in reset.sql("t11_order_idx")
    text = reset.text("t11a")
    order, index = (
        text.index("rder_with_respect_to" if "'order_with_respect_to'" in text else "AlterOrder"),
        text.index("t11_order_idx"),
    )
    assert order < index or text.index("'order_with_respect_to'") > 0
    return "the index comes when the order is there"


TRAP = Trap(
    number="T11",
    title="An index on the hidden `_order` of a relation that has to wait",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
