import csv
from pathlib import Path

from django.core.management import call_command
from django.db import migrations

HERE = Path(__file__).parent


def load(apps, path, model="Fish"):
    with open(path, newline="") as stream:
        for (name,) in csv.reader(stream):
            apps.get_model("pond", model).objects.create(name=name)


def beside(apps, schema_editor):
    load(apps, HERE / "fish.csv")


def in_the_app(apps, schema_editor):
    load(apps, Path(__file__).parent.parent / "data" / "fish.csv")


def from_the_root(apps, schema_editor):
    """Opened relative to the folder in which manage.py is run."""
    load(apps, "pond/data/more_fish.csv")


def fixture(apps, schema_editor):
    call_command("loaddata", "plants", verbosity=0, database=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("pond", "0001_initial")]

    operations = [
        migrations.RunPython(beside, migrations.RunPython.noop),
        migrations.RunPython(in_the_app, migrations.RunPython.noop),
        migrations.RunPython(from_the_root, migrations.RunPython.noop),
        migrations.RunPython(fixture, migrations.RunPython.noop),
    ]
