import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_everybody"), ("store", "0001_initial")]

    operations = [
        migrations.RenameModel("Person", "Customer"),
        migrations.RenameField("Customer", "name", "title"),
        migrations.AlterField("Customer", "title", models.CharField(max_length=50, unique=True)),
        migrations.AlterField("Customer", "points", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "Customer",
            "invited_by",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="people.customer"),
        ),
        migrations.AddIndex("Customer", models.Index(fields=["seen"], name="customer_seen")),
    ]
