# As Django wrote it.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Ground",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name="GrainTwo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="gamma.ground"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GrainThree",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="gamma.ground"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GrainOne",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="gamma.ground"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GrainFour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="gamma.ground"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GrainFive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="gamma.ground"),
                ),
            ],
        ),
    ]
