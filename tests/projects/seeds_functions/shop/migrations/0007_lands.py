from django.db import migrations


def lands(apps, schema_editor):
    Land = apps.get_model("shop", "Land")
    Land.objects.bulk_create([Land(name="Norway"), Land(name="Chile", code="CL")])
    for land in Land.objects.filter(code=""):
        land.code = land.name[:2].upper()
        land.save(update_fields=["code"])


def hidden_land(apps, schema_editor):
    """No text shows which model this is."""
    apps.get_model("shop", "La" + "nd").objects.create(name="Peru", code="PE")


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_star")]

    operations = [migrations.RunPython(lands), migrations.RunPython(hidden_land)]
