from django.db import migrations, models


def defaults(apps, schema_editor):
    Setting = apps.get_model("vendor", "Setting")
    Setting.objects.create(key="colour", value="grey")
    Setting.objects.create(key="size", value="small")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Setting",
            fields=[
                ("key", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("value", models.CharField(max_length=20)),
            ],
        ),
        migrations.RunPython(defaults, migrations.RunPython.noop),
    ]
