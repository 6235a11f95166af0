from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
NAME = ("name", models.CharField(max_length=50))


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel("Item", [ID, NAME, ("price", models.IntegerField(default=0))]),
        migrations.CreateModel("Audit", [ID, ("text", models.CharField(max_length=50))]),
        migrations.CreateModel("Box", [ID, NAME]),
        migrations.CreateModel("Crate", [ID, NAME]),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.CreateModel("Note", [ID, ("text", models.CharField(max_length=50))])],
            database_operations=[
                migrations.RunSQL(
                    'CREATE TABLE "store_note" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,'
                    " \"text\" varchar(50) NOT NULL CHECK (\"text\" <> '100%'))",
                    'DROP TABLE "store_note"',
                )
            ],
        ),
    ]
