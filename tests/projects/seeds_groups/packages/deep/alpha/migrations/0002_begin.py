import django.db.models.deletion
from django.db import migrations, models


def begin(apps, schema_editor):
    apps.get_model("first", "Step").objects.create(text="begin")


class Migration(migrations.Migration):
    dependencies = [("beta", "0001_initial"), ("first", "0001_initial")]

    operations = [
        migrations.AddField(
            "Hen",
            "egg",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="beta.egg"
            ),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
