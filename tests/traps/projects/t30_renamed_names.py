"""SQL of an old migration names a table and a column that have other names by now."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t30/models.py
class Country(models.Model):
    iso = models.CharField(max_length=9)
== t30/migrations/0001_initial.py
operations = [
    migrations.CreateModel("Land", [ID, ("code", models.CharField(max_length=9))]),
    migrations.RunSQL("CREATE INDEX t30_upper ON t30_land (upper(code))", "DROP INDEX t30_upper"),
]
== t30/migrations/0002_country.py
dependencies = [("t30", "0001_initial")]
operations = [migrations.RenameModel("Land", "Country"), migrations.RenameField("country", "code", "iso")]
"""

CARRIED = """
== t30/migrations/0002_upper.py
dependencies = [("t30", "0001_initial")]
operations = [migrations.RunSQL("CREATE INDEX t30_upper ON t30_land (upper(code))", "DROP INDEX t30_upper")]
"""


def alone(project: Alone) -> str:
    project.do("migrate", "-v0")
    assert "upper" in project.sql("t30_upper")
    project.remade()
    assert not project.sql("t30_upper")
    project.write(files_of(CARRIED))
    return "made anew, the index is gone; where its SQL is carried along, " + project.fails(
        "migrate", says="OperationalError"
    )


def wizard(reset: Reset) -> str:
    assert "t30_country" in reset.sql("t30_upper")
    assert "iso" in reset.sql("t30_upper")
    verdict, _ = reset.rung("t30.0001_initial#1")
    assert verdict == "schema SQL"
    return "the SQL is taken from the catalogue, with the names of today"


TRAP = Trap(
    number="T30",
    title="SQL with names that were changed since",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    wizard=wizard,
)
