from django.db import migrations


def nothing_here(apps, schema_editor):
    """Runs no statement."""
    apps.get_model("shop", "Thing")


def one_time(apps, schema_editor):
    apps.get_model("shop", "Thing").objects.filter(name="nobody").delete()


def needs_old_rows(apps, schema_editor):
    """Holds only where no Country is there yet under another name."""
    things = apps.get_model("shop", "Thing")
    if things.objects.filter(name="lambda").count() != 1 or len(things._meta.get_fields()) != 2:
        raise RuntimeError("not the place that it was written for")
    things.objects.create(name="needs")


class Migration(migrations.Migration):
    dependencies = [("shop", "0008_rename")]

    operations = [
        migrations.RunPython(nothing_here, nothing_here),
        migrations.RunPython(one_time),
        migrations.RunPython(needs_old_rows),
        migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop),
    ]
