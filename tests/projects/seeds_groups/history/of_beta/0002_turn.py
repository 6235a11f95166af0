from django.db import migrations


def turn(apps, schema_editor):
    """What it writes depends on what the other app has written so far."""
    steps = apps.get_model("first", "Step").objects
    apps.get_model("beta", "Turn").objects.create(steps=steps.count())
    steps.create(text="turn %s" % steps.count())


class Migration(migrations.Migration):
    dependencies = [("beta", "0001_initial"), ("first", "0002_begin")]

    operations = [migrations.RunPython(turn, migrations.RunPython.noop)]
