"""The tests put one operation in place of the no-op."""

from django.conf import settings
from django.db import migrations

from yard.operations import Unwritten


def on_another_engine(apps, schema_editor):
    Tree = apps.get_model("yard", "Tr" + "ee")
    if schema_editor.connection.vendor == "postgresql":
        Tree.objects.create(name="there only")


OPERATION = migrations.RunPython.noop


class Migration(migrations.Migration):
    dependencies = [("yard", "0001_initial")]

    operations = [OPERATION] if OPERATION is not migrations.RunPython.noop else []
