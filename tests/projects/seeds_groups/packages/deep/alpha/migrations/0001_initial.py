import django.db.models.deletion
from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    initial = True

    dependencies = [("contenttypes", "0002_remove_content_type_name")]

    operations = [
        migrations.CreateModel("Step", [ID, ("text", models.CharField(max_length=50))]),
        migrations.CreateModel(
            "Tag",
            [
                ID,
                ("object_id", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=20)),
                (
                    "content_type",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="contenttypes.contenttype"),
                ),
            ],
        ),
        migrations.CreateModel("Hen", [ID]),
    ]
