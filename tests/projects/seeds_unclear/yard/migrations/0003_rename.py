from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("yard", "0002_unclear")]

    operations = [migrations.RenameModel("Tree", "Plant")]
