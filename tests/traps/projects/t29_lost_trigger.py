"""A trigger is made by hand, and lost without a word when its table is made again."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t29/models.py
class Thing(models.Model):
    name = models.CharField(max_length=20)
    count = models.IntegerField(default=0)
== t29/migrations/0001_initial.py
operations = [
    migrations.CreateModel("Thing", [ID, ("name", models.CharField(max_length=9)), ("count", models.IntegerField(default=0))]),
    migrations.RunSQL(
        "CREATE TRIGGER t29_count AFTER INSERT ON t29_thing BEGIN UPDATE t29_thing SET count = 1 WHERE id = NEW.id; END",
        "DROP TRIGGER t29_count",
    ),
]
== t29/migrations/0002_longer.py
dependencies = [("t29", "0001_initial")]
operations = [migrations.AlterField("thing", "name", models.CharField(max_length=20))]
"""


def alone(project: Alone) -> str:
    project.do("migrate", "-v0", "t29", "0001")
    assert project.sql("t29_count")
    project.do("migrate", "-v0")
    assert not project.sql("t29_count")
    project.forget()
    carried = files_of(FILES)["t29/migrations/0001_initial.py"].replace("max_length=9", "max_length=20")
    project.write({"t29/migrations/0001_initial.py": carried})
    project.do("migrate", "-v0")
    assert project.sql("t29_count")
    return "the old history ends without the trigger; where its SQL is carried along, new databases have it"


def wizard(reset: Reset) -> str:
    assert reset.before.sql("t29_count") == reset.sql("t29_count") == ""
    assert reset.rung("t29.0001_initial#1") == ("one-time", None)
    return "judged by what is there at the end: left out"


TRAP = Trap(
    number="T29",
    title="A trigger that a later change of its table has dropped",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    wizard=wizard,
)
