"""A module that is no migration lies in the migrations package of an app."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t07a/models.py
class A(models.Model):
    b = models.ForeignKey("t07b.B", models.CASCADE)
== t07a/migrations/0001_initial.py
dependencies = [("t07b", "0001_initial")]
operations = [migrations.CreateModel("A", [ID, ("b", models.ForeignKey("t07b.B", models.CASCADE))])]
== t07b/models.py
class B(models.Model):
    pass
== t07b/migrations/_helpers.py
NAMES = ()
== t07b/migrations/0001_initial.py
operations = [migrations.CreateModel("B", [ID])]
"""


def alone(project: Alone) -> str:
    project.forget()
    project.do("makemigrations", "t07a", "--noinput")
    assert "('t07b', '__first__')" in project.migrations("t07a")["0001_initial"]
    assert not project.migrations("t07b")
    return "`makemigrations t07a` depends on `('t07b', '__first__')`, whatever that will be"


def wizard(reset: Reset) -> str:
    assert "('t07b', '0001_reset_initial')" in reset.text("t07a")
    assert "__first__" not in reset.text("t07a") + reset.text("t07b")
    assert (reset.after.root / "t07b/migrations/_helpers.py").is_file()
    return "the dependency names the file, and the module stays where it is"


TRAP = Trap(
    number="T7",
    title="A helper module among the migrations makes `__first__`",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
