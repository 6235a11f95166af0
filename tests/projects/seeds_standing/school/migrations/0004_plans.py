from django.db import migrations


def make_plan(apps, schema_editor):
    """The field is gone today."""
    apps.get_model("school", "Plan").objects.create(text="Sing", draft=True)


class Migration(migrations.Migration):
    dependencies = [("school", "0003_terms"), ("club", "0001_initial")]
    operations = [
        migrations.RunPython(make_plan, migrations.RunPython.noop),
        migrations.RemoveField("plan", "draft"),
    ]
