from django.db import migrations


def invited(apps, schema_editor):
    """Bo, who came later, invited Ada: a row that points to one behind it."""
    customer = apps.get_model("people", "Customer")
    customer.objects.filter(title="Ada").update(invited_by=customer.objects.get(title="Bo"))


class Migration(migrations.Migration):
    dependencies = [("people", "0003_customers")]

    operations = [migrations.RunPython(invited, migrations.RunPython.noop)]
