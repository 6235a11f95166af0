from django.db import migrations


def eggs(apps, schema_editor):
    hen = apps.get_model("first", "Hen").objects.get()
    hen.egg = apps.get_model("beta", "Egg").objects.create(hen=hen)
    hen.save()


def hidden(function):
    """A list of operations that no source shows, so that only their rows can come along."""
    return [migrations.RunPython(lambda apps, editor: function(apps, editor))]


class Migration(migrations.Migration):
    dependencies = [("beta", "0002_turn"), ("first", "0004_people")]

    operations = hidden(eggs)
