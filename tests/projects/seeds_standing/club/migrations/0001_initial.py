from django.db import migrations, models


def give_badges(apps, schema_editor):
    """To every group that is there by now."""
    Badge = apps.get_model("club", "Badge")
    for group in apps.get_model("school", "Group").objects.order_by("id"):
        Badge.objects.create(group=group)


class Migration(migrations.Migration):
    initial = True
    dependencies = [("school", "0003_terms")]
    operations = [
        migrations.CreateModel(
            "Badge",
            [
                ("id", models.AutoField(primary_key=True)),
                ("group", models.ForeignKey("school.Group", models.CASCADE)),
            ],
        ),
        migrations.RunPython(give_badges, migrations.RunPython.noop),
    ]
