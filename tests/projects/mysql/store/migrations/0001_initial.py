import uuid

import django.db.models.deletion
from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    initial = True

    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            "Product",
            [
                ID,
                ("name", models.CharField(max_length=40)),
                ("key", models.UUIDField(default=uuid.uuid4)),
                ("price", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
            ],
        ),
        migrations.CreateModel(
            "Offer",
            [
                ID,
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.product")),
                ("customers", models.ManyToManyField(to="people.person")),
            ],
        ),
        migrations.CreateModel(
            "Audit",
            [ID, ("text", models.CharField(max_length=80)), ("at", models.DateTimeField(null=True))],
        ),
    ]
