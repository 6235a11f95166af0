"""A seed uses another app without depending on it; the alphabet runs that app first."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t21/models.py
class Thing(models.Model):
    pass
== t21/migrations/0001_initial.py
operations = [migrations.CreateModel("Thing", [ID])]
== t21/migrations/0002_group.py
from django.db import migrations


def make(apps, schema_editor):
    apps.get_model("auth", "Group").objects.create(name="t21")


class Migration(migrations.Migration):
    dependencies = [("t21", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
"""


def alone(project: Alone) -> str:
    project.do("migrate", "-v0")
    project.database.unlink()
    (project.root / "t21").rename(project.root / "a21")
    for path in (project.root / "settings.py", *(project.root / "a21/migrations").glob("0*.py")):
        path.write_text(path.read_text().replace("t21", "a21"))
    return "right by luck; in an app that sorts before `auth`, " + project.fails("migrate", says="LookupError")


def wizard(reset: Reset) -> str:
    (text,) = [text for text in reset.files("t21").values() if "make" in text]
    assert "('auth', '0012_alter_user_first_name_max_length')" in text.replace('"', "'")
    return "the new file depends on every app whose tables the seed was seen to use"


TRAP = Trap(
    number="T21",
    title="A missing dependency is hidden by the alphabet",
    files=files_of(FILES),
    apps=("django.contrib.auth", "django.contrib.contenttypes"),
    group="histories",
    alone=alone,
    wizard=wizard,
)
