from django.db import migrations


def everybody(apps, schema_editor):
    person = apps.get_model("people", "Person")
    person.objects.create(id=1, name="Ada", nicknames=["countess"])
    person.objects.create(id=2, name="Bo", nicknames=[])


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunPython(everybody, migrations.RunPython.noop),
        # Numbers below a thousand are of the old shop.
        migrations.RunSQL("ALTER TABLE people_person AUTO_INCREMENT = 1000", migrations.RunSQL.noop),
    ]
