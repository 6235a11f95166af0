from django.db import migrations


def lands(apps, schema_editor):
    Land = apps.get_model("shop", "Land")
    Land.objects.bulk_create([Land(name="Norway"), Land(name="Chile")])


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_star")]

    operations = [migrations.RunPython(lands)]
