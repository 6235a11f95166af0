import os

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import migrations
from django.db.models.signals import post_migrate


def files(apps, schema_editor):
    """Writes to media and to a storage of its own, and reads it back."""
    default_storage.save("pictures/fish.txt", ContentFile(b"fish"))
    own = FileSystemStorage(location=settings.BASE_DIR / "own")
    name = own.save("plant.txt", ContentFile(b"plant"))
    assert own.open(name).read() == b"plant"
    own.delete("kept.txt")


def mail_and_cache(apps, schema_editor):
    send_mail("The pond is full", "of fish", "a@example.org", ["b@example.org"])
    cache.set("fish", 1)


def later(apps, schema_editor):
    """Its work comes after all migrations."""

    def make(sender, using, **kwargs):
        from pond.models import Made

        Made.objects.using(using).get_or_create(name="by a handler of a migration")

    post_migrate.connect(make, weak=False, dispatch_uid="pond.later")


def cache_table(apps, schema_editor):
    call_command("createcachetable", verbosity=0, database=schema_editor.connection.alias)


def the_name():
    return settings.POND_NAME


def named(apps, schema_editor):
    apps.get_model("pond", "Plant").objects.create(name=the_name())


def elsewhere(apps, schema_editor):
    """Asks a helper what the environment says, and looks for fish that are not there."""
    apps.get_model("pond", "Fish").objects.filter(name=wanted()).delete()


def wanted():
    return os.environ.get("POND_FISH", "nobody")


class Migration(migrations.Migration):
    dependencies = [("pond", "0002_data_files")]

    operations = [
        migrations.RunPython(files, migrations.RunPython.noop),
        migrations.RunPython(mail_and_cache, migrations.RunPython.noop),
        migrations.RunPython(later, migrations.RunPython.noop),
        migrations.RunPython(cache_table, migrations.RunPython.noop),
        migrations.RunPython(named, migrations.RunPython.noop),
        migrations.RunPython(elsewhere, migrations.RunPython.noop),
        migrations.RunSQL("UPDATE sqlite_sequence SET seq = 1000 WHERE name = 'pond_plant'", migrations.RunSQL.noop),
    ]
