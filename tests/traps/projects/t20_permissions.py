"""A seed looks for permissions, which Django makes at the end of each migrate."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t20/models.py
class Thing(models.Model):
    pass
== t20/migrations/0001_initial.py
operations = [migrations.CreateModel("Thing", [ID])]
== t20/migrations/0002_editors.py
from django.db import migrations


def make(apps, schema_editor):
    editors = apps.get_model("auth", "Group").objects.create(name="t20 editors")
    editors.permissions.set(apps.get_model("auth", "Permission").objects.filter(content_type__app_label="t20"))


class Migration(migrations.Migration):
    dependencies = [("t20", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
"""

HELD = (
    "SELECT count(*) FROM auth_group_permissions p JOIN auth_group g ON g.id = p.group_id WHERE g.name = 't20 editors'"
)


def alone(project: Alone) -> str:
    project.do("migrate", "-v0")
    at_once = project.query(HELD)
    project.database.unlink()
    project.do("migrate", "-v0", "auth")
    project.do("migrate", "-v0", "t20", "0001")
    project.do("migrate", "-v0")
    assert (at_once, project.query(HELD)) == ([(0,)], [(4,)])
    return "run at once, `migrate` gives the group no permission; run in two steps, four"


def wizard(reset: Reset) -> str:
    assert reset.rung("t20.0002_editors#0")[0] == "seed"
    assert reset.rows(HELD) == [(0,)]
    assert reset.after.query(HELD) == reset.before.query(HELD)
    return "a new database gets what one `migrate` from zero gave, and existing ones keep theirs"


TRAP = Trap(
    number="T20",
    title="A seed looks for permissions that `migrate` makes at its end",
    files=files_of(FILES),
    apps=("django.contrib.auth", "django.contrib.contenttypes"),
    group="histories",
    alone=alone,
    wizard=wizard,
)
