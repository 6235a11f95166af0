from django.db import migrations, models


def row_and_index(apps, schema_editor):
    """SQLite loses the index as soon as the table is made anew."""
    apps.get_model("store", "Crate").objects.create(name="indexed")
    schema_editor.execute("CREATE INDEX IF NOT EXISTS store_lost ON store_crate (name)")


class Migration(migrations.Migration):
    dependencies = [("store", "0005_search")]

    operations = [
        migrations.RunPython(row_and_index, migrations.RunPython.noop),
        migrations.AlterField("Crate", "name", models.CharField(max_length=60)),
    ]
