"""A model is deleted after what pointed at it; nothing keeps the two files in that order."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== h2a/models.py
class Other(models.Model):
    pass
== h2a/migrations/0001_initial.py
operations = [migrations.CreateModel("Other", [ID]), migrations.CreateModel("Gone", [ID])]
== h2a/migrations/0002_delete_gone.py
dependencies = [("h2a", "0001_initial")]
operations = [migrations.DeleteModel("Gone")]
== h2b/models.py
class B(models.Model):
    pass
== h2b/migrations/0001_initial.py
dependencies = [("h2a", "0001_initial")]
operations = [migrations.CreateModel("B", [ID, ("gone", models.ForeignKey("h2a.Gone", models.CASCADE))])]
== h2b/migrations/0002_remove_gone.py
dependencies = [("h2b", "0001_initial")]
operations = [migrations.RemoveField("b", "gone")]
"""

DELETED = "h2a/migrations/0002_delete_gone.py"


def alone(project: Alone) -> str:
    (project.root / DELETED).unlink()
    project.do("migrate", "-v0")
    project.do("makemigrations")
    assert [*project.migrations("h2a")] == ["0001_initial", "0002_delete_gone"]
    assert "h2b" not in project.migrations("h2a")["0002_delete_gone"]
    project.do("migrate", "-v0")
    project.database.unlink()
    return "existing databases are well, and from zero " + project.fails("migrate", says="cannot be resolved")


def wizard(reset: Reset) -> str:
    assert "h2b.0001_initial" in reset.report["sentence"]
    return "stops and names the operation; the old history cannot be run from zero"


TRAP = Trap(
    number="H2",
    title="A model is deleted, and the deletion does not wait for what pointed at it",
    files=files_of(FILES),
    prepare=(("migrate", "-v0", "h2b", "0002"), ("migrate", "-v0")),
    group="",
    stops=True,
    alone=alone,
    wizard=wizard,
)
