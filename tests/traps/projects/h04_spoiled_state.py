"""The autodetector takes indexes and constraints out of the state that it is given."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== h4/models.py
class Thing(models.Model):
    n = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["n"], name="h4_n_idx")]
        constraints = [models.UniqueConstraint(fields=["n"], name="h4_n")]
== h4/migrations/0001_initial.py
operations = [
    migrations.CreateModel("Thing", [ID, ("n", models.IntegerField())]),
    migrations.AddIndex("thing", models.Index(fields=["n"], name="h4_n_idx")),
    migrations.AddConstraint("thing", models.UniqueConstraint(fields=["n"], name="h4_n")),
]
"""

TWICE = """
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ProjectState

state = ProjectState.from_apps(apps)
options = state.models["h4", "thing"].options
for _ in range(2):
    print(len(options["indexes"]) + len(options["constraints"]))
    MigrationAutodetector(ProjectState(), state)._detect_changes()
"""


def alone(project: Alone) -> str:
    done = project.code(TWICE)
    assert done.stdout.split() == ["2"]
    return "an autodetector that gets the same state twice: " + project.failed(done, "the second pass", "KeyError")


def wizard(reset: Reset) -> str:
    text = reset.text("h4")
    assert text.count("h4_n_idx") == 1
    assert text.count("'h4_n'") == 1
    assert reset.sql("h4_n_idx")
    return "each pass has a state of its own"


TRAP = Trap(
    number="H4",
    title="The autodetector spoils the state that it is given",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
