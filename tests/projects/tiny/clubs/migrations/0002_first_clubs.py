from datetime import datetime, timezone

from django.db import migrations

CLUBS = {"row": "Rowing", "chess": "Chess", "climb": "Climbing"}


def found_clubs(apps, schema_editor):
    Club = apps.get_model("clubs", "Club")
    for code, name in CLUBS.items():
        Club.objects.create(code=code, name=name, updated_at=datetime(2020, 5, 17, 9, 30, tzinfo=timezone.utc))


class Migration(migrations.Migration):
    dependencies = [("clubs", "0001_initial")]
    operations = [migrations.RunPython(found_clubs, migrations.RunPython.noop)]
