from django.db import migrations

from shop import second_helpers
from shop.first_helpers import load, unload


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.RunPython(load, unload),
        migrations.RunPython(second_helpers.load, migrations.RunPython.noop),
    ]
