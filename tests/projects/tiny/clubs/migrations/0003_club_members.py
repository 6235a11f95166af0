from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clubs", "0002_first_clubs"), ("people", "0003_rename_alias_person_nick")]
    operations = [
        migrations.AddField(model_name="club", name="members", field=models.IntegerField(db_default=0)),
    ]
