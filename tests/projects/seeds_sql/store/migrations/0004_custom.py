from django.db import migrations

from store.operations import PutInto, PutSomething


def left_behind(apps, schema_editor):
    apps.get_model("store", "Crate").objects.create(name="elidable")


def two_tables(apps, schema_editor):
    schema_editor.execute("CREATE TABLE store_list (word text, number integer)")
    schema_editor.execute("INSERT INTO store_list VALUES ('one', 1), ('none', NULL)")


def more_words(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("INSERT INTO store_list SELECT word || '!', number + 1 FROM store_list")


class PutTwice(PutInto):
    """Stands in the migration itself, where nobody finds it once the file is gone."""

    def database_forwards(self, *args):
        super().database_forwards(*args)
        super().database_forwards(*args)


class Migration(migrations.Migration):
    dependencies = [("store", "0003_not_atomic")]

    operations = [
        PutInto("Box", "written"),
        PutTwice("Crate", "twice"),
        PutSomething("Item", lambda: "unwritten"),
        migrations.RunPython(left_behind, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(two_tables, migrations.RunPython.noop),
        migrations.RunPython(lambda apps, schema_editor: more_words(apps, schema_editor)),
    ]
