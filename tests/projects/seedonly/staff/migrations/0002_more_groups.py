from django.db import migrations


def make_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.create(name="Binders")


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_groups")]
    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
