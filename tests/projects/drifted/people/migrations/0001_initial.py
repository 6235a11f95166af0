from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Person",
            [
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20)),
            ],
        ),
        # Django's state holds this index twice from here on; no database does (as in django-taggit).
        migrations.AddIndex("person", models.Index(fields=["name"], name="person_name")),
        migrations.RenameIndex("person", new_name="person_name", old_fields=("name",)),
    ]
