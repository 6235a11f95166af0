# As Django wrote it.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("beta", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderFive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "base",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="beta.base"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderFour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "base",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="beta.base"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderOne",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "base",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="beta.base"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderSix",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "base",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="beta.base"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderThree",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "base",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="beta.base"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderTwo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "base",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="beta.base"),
                ),
            ],
        ),
    ]
