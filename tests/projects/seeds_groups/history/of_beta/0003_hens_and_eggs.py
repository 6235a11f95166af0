from django.db import migrations


def eggs(apps, schema_editor):
    hen = apps.get_model("first", "Hen").objects.get()
    hen.egg = apps.get_model("beta", "Egg").objects.create(hen=hen)
    hen.save()


class Migration(migrations.Migration):
    dependencies = [("beta", "0002_turn"), ("first", "0004_people")]

    operations = [migrations.RunPython(lambda apps, schema_editor: eggs(apps, schema_editor))]
