"""Without a migrations package and without a name makemigrations writes nothing."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t14/models.py
class A(models.Model):
    pass
== t14/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID])]
"""


def alone(project: Alone) -> str:
    for path in sorted((project.root / "t14/migrations").glob("*"), reverse=True):
        path.unlink()
    (project.root / "t14/migrations").rmdir()
    assert "No changes detected" in project.do("makemigrations")
    project.do("migrate", "-v0")
    assert not project.sql("t14_a")
    return "once the folders are removed, `makemigrations` says No changes detected, and `migrate` makes no table"


def wizard(reset: Reset) -> str:
    assert reset.names("t14") == ["0001_reset_initial"]
    return "every app of the project is named"


TRAP = Trap(
    number="T14",
    title="No migrations package and no name: nothing is written",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
