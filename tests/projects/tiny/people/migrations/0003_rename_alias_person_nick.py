from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0002_person_club")]
    operations = [
        migrations.RenameField(model_name="person", old_name="alias", new_name="nick"),
    ]
