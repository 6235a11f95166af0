"""With old files on disk an autodetector that starts from nothing finds nothing."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== h5/models.py
class Thing(models.Model):
    pass
== h5/migrations/0001_initial.py
operations = [migrations.CreateModel("Thing", [ID])]
"""

FROM_NOTHING = """
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.state import ProjectState

print(MigrationAutodetector(ProjectState(), ProjectState.from_apps(apps)).changes(graph=MigrationGraph()))
"""


def alone(project: Alone) -> str:
    done = project.code(FROM_NOTHING)
    assert done.stdout.strip() == "{}", done
    return "an autodetector that starts from nothing finds nothing, since it looks for files on disk"


def wizard(reset: Reset) -> str:
    assert "name='Thing'" in reset.text("h5")
    return "the operations are taken before Django looks"


TRAP = Trap(
    number="H5",
    title="Old files on disk hide that everything is new",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
