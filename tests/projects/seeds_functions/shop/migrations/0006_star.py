from django.db.migrations import *
from django.db import migrations

from shop.first_helpers import *


def load_star(apps, schema_editor):
    silent(apps, schema_editor)
    apps.get_model("shop", "Thing").objects.create(name="star")


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_without_names")]

    operations = [migrations.RunPython(load_star)]
