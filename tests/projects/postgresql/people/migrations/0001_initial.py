import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            "Person",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50)),
                (
                    "nicknames",
                    django.contrib.postgres.fields.ArrayField(models.CharField(max_length=20), default=list, size=None),
                ),
                ("seen", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
