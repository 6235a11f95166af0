"""makemigrations reads the history that the real database has recorded."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t13/models.py
class Thing(models.Model):
    pass
== t13/migrations/0001_initial.py
operations = [migrations.CreateModel("Thing", [ID])]
== site-packages/t13third/models.py
class Tag(models.Model):
    thing = models.ForeignKey("t13.Thing", models.CASCADE)
== site-packages/t13third/migrations/0001_initial.py
dependencies = [("t13", "__first__")]
operations = [migrations.CreateModel("Tag", [ID, ("thing", models.ForeignKey("t13.Thing", models.CASCADE))])]
"""


def alone(project: Alone) -> str:
    project.do("migrate", "-v0")
    old = project.root / "t13/migrations/0001_initial.py"
    old.rename(old.with_name("0001_fresh.py"))
    return "with new names, before the database knows them: " + project.fails(
        "makemigrations", "--check", says="InconsistentMigrationHistory"
    )


def wizard(reset: Reset) -> str:
    assert reset.names("t13") == ["0001_reset_initial"]
    return "files are generated and compared on scratch databases; the real one is switched at the end"


TRAP = Trap(
    number="T13",
    title="`makemigrations` reads the history of the real database",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
