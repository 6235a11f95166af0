from importlib import import_module

from django.db import migrations

own = import_module("shop.migrations.0003_own")


def load_again(apps, schema_editor):
    for name in own.NAMES:
        apps.get_model("shop", "Thing").objects.create(name=name + " again")


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_own")]

    operations = [migrations.RunPython(load_again)]
