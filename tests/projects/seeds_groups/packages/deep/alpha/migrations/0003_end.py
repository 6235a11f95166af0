from django.db import migrations


def end(apps, schema_editor):
    steps = apps.get_model("first", "Step").objects
    steps.create(text="end after %s turns" % apps.get_model("beta", "Turn").objects.count())


class Migration(migrations.Migration):
    dependencies = [("beta", "0002_turn"), ("first", "0002_begin")]

    operations = [migrations.RunPython(end, migrations.RunPython.noop)]
