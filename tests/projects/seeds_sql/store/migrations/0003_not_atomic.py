from django.core.management import call_command
from django.db import migrations


def cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias)



def in_transaction(apps, schema_editor):
    apps.get_model("store", "Crate").objects.create(name="atomic %s" % schema_editor.connection.in_atomic_block)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("store", "0002_sql")]

    operations = [
        migrations.RunPython(cache_table, migrations.RunPython.noop),
        migrations.RunSQL("INSERT INTO store_cache VALUES ('key', X'00FF27', '2019-01-01')"),
        migrations.RunPython(in_transaction, migrations.RunPython.noop),
    ]
