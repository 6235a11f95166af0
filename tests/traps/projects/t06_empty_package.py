"""Two apps in a cycle, each with an empty migrations package: naming one app means both."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t06a/models.py
class A(models.Model):
    b = models.ForeignKey("t06b.B", models.CASCADE, null=True, related_name="+")
== t06a/migrations/0001_initial.py
dependencies = [("t06b", "0001_initial")]
operations = [migrations.CreateModel("A", [ID, ("b", models.ForeignKey("t06b.B", models.CASCADE, null=True, related_name="+"))])]
== t06b/models.py
class B(models.Model):
    other = models.ForeignKey("t06a.A", models.CASCADE, null=True, related_name="+")
== t06b/migrations/0001_initial.py
operations = [migrations.CreateModel("B", [ID])]
== t06b/migrations/0002_other.py
dependencies = [("t06a", "0001_initial"), ("t06b", "0001_initial")]
operations = [migrations.AddField("b", "other", models.ForeignKey("t06a.A", models.CASCADE, null=True, related_name="+"))]
"""


def alone(project: Alone) -> str:
    project.forget()
    project.do("makemigrations", "t06a", "--noinput")
    assert len(project.migrations("t06a")) == 2
    assert len(project.migrations("t06b")) == 1
    return "`makemigrations t06a` writes files of `t06b` as well"


def wizard(reset: Reset) -> str:
    files = {app: len(reset.names(app)) for app in ("t06a", "t06b")}
    assert sorted(files.values()) == [1, 2]
    return "each level writes the files of its own apps: three in all, as planned"


TRAP = Trap(
    number="T6",
    title="An empty migrations package pulls in an app that was not named",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
