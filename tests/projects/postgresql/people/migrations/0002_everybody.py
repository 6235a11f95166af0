from django.db import migrations, models


def everybody(apps, schema_editor):
    """Keys of our own: the sequence is not told."""
    person = apps.get_model("people", "Person")
    person.objects.create(id=1, name="Ada", nicknames=["countess"])
    person.objects.create(id=2, name="Bo", nicknames=[])


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunPython(everybody, migrations.RunPython.noop),
        # Numbers below a thousand are of the old shop.
        migrations.RunSQL("SELECT setval('people_person_id_seq', 1000, false)", migrations.RunSQL.noop),
    ]
