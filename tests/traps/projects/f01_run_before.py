"""A third party's data migration renders models of the project that it does not depend on."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== f1z/models.py
class App(models.Model):
    pass
== f1z/migrations/0001_initial.py
run_before = [("f1third", "0001_initial")]
operations = [migrations.CreateModel("App", [ID])]
== f1z/migrations/0002_name.py
dependencies = [("f1z", "0001_initial")]
operations = [migrations.AlterModelOptions("app", {})]
== site-packages/f1third/models.py
from django.conf import settings
from django.db import models


class Grant(models.Model):
    app = models.ForeignKey(settings.F1_APP_MODEL, models.CASCADE)
== site-packages/f1third/migrations/0001_initial.py
from django.conf import settings
from django.db import migrations, models


def look(apps, schema_editor):
    apps.get_model("f1third", "Grant").objects.count()


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Grant",
            [
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("app", models.ForeignKey(settings.F1_APP_MODEL, models.CASCADE)),
            ],
        ),
        migrations.RunPython(look, migrations.RunPython.noop),
    ]
"""


def alone(project: Alone) -> str:
    project.do("migrate", "-v0")
    project.forget()
    project.do("makemigrations", "--noinput")
    return "made anew, the `run_before` of the old file is gone: " + project.fails("migrate", says="Related model")


def wizard(reset: Reset) -> str:
    (first, *_) = reset.files("f1z").values()
    assert "run_before" in first
    return "the new file says `run_before` as well, which Django's writer leaves out"


TRAP = Trap(
    number="F1",
    title="A third party uses a model of the project without depending on it",
    files=files_of(FILES),
    settings='F1_APP_MODEL = "f1z.App"\n',
    alone=alone,
    wizard=wizard,
)
