from functools import partial

from django.db import migrations

from shop.tools import Loader, add, twice


def closed(name):
    def load(apps, schema_editor):
        apps.get_model("shop", "Thing").objects.create(name=name)

    return load


def _ensure(apps, schema_editor):
    things = apps.get_model("shop", "Marked").objects
    things.create(name="ensured %s" % things.filter(name__startswith="ensured").count())


ensure = twice(_ensure)


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_of_another_migration")]

    operations = [
        migrations.RunPython(lambda apps, schema_editor: apps.get_model("shop", "Thing").objects.create(name="lambda")),
        migrations.RunPython(partial(add, name="partial")),
        migrations.RunPython(closed("closure")),
        migrations.RunPython(Loader("object")),
        migrations.RunPython(ensure, migrations.RunPython.noop),
    ]
