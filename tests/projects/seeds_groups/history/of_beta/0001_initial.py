import django.db.models.deletion
from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    initial = True

    dependencies = [("first", "0001_initial")]

    operations = [
        migrations.CreateModel(
            "Egg",
            [
                ID,
                (
                    "hen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="first.hen"
                    ),
                ),
            ],
        ),
        migrations.CreateModel("Turn", [ID, ("steps", models.IntegerField())]),
    ]
