from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("beta", "0003_hens_and_eggs")]

    operations = [migrations.AlterModelTable("Turn", "beta table of turns")]
