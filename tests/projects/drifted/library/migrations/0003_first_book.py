from django.db import migrations


def first_book(apps, schema_editor):
    owner = apps.get_model("people", "Person").objects.create(name="Ada")
    apps.get_model("library", "Book").objects.create(title="Notes", shelf="a1", owner=owner)


class Migration(migrations.Migration):
    dependencies = [("library", "0002_shelf")]
    operations = [migrations.RunPython(first_book, migrations.RunPython.noop)]
