from django.db import migrations


def units(apps, schema_editor):
    apps.get_model("catalog", "Unit").objects.bulk_create(
        apps.get_model("catalog", "Unit")(code=code) for code in ("piece", "kg")
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(units, migrations.RunPython.noop)]
