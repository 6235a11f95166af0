from django.db import migrations


def items(apps, schema_editor):
    item = apps.get_model("depot", "Item")
    first = item.objects.create(code="A1", name="Apple")
    item.objects.create(code="B1", name="Anvil")
    apps.get_model("shelf", "Place").objects.create(item=first)


class Migration(migrations.Migration):
    dependencies = [("depot", "0002_objects")]

    operations = [
        migrations.RunPython(items, migrations.RunPython.noop),
        migrations.RunSQL("SELECT nextval('depot_invoices') FROM depot_item", migrations.RunSQL.noop),
        migrations.RunSQL("REFRESH MATERIALIZED VIEW depot_a_stored", migrations.RunSQL.noop),
        migrations.RunSQL(
            "CREATE MATERIALIZED VIEW depot_late AS SELECT name FROM depot_item", "DROP MATERIALIZED VIEW depot_late"
        ),
    ]
