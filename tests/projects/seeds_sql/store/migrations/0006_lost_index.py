from django.db import migrations, models


def row_and_index(apps, schema_editor):
    """SQLite loses the index as soon as the table is made anew."""
    apps.get_model("store", "Crate").objects.create(name="indexed")
    schema_editor.execute("CREATE INDEX IF NOT EXISTS store_lost ON store_crate (name)")


class DeleteModelIfThere(migrations.DeleteModel):
    """Looks at the tables first; its class is of no use where no such model is."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = from_state.apps.get_model(app_label, self.name)._meta.db_table
        if table in schema_editor.connection.introspection.table_names():
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    dependencies = [("store", "0005_search")]

    operations = [
        migrations.RunPython(row_and_index, migrations.RunPython.noop),
        migrations.CreateModel("Gone", [("id", models.BigAutoField(primary_key=True))]),
        DeleteModelIfThere("Gone"),
        migrations.AlterField("Crate", "name", models.CharField(max_length=60)),
    ]
