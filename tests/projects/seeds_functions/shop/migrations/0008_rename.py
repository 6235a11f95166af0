from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_lands")]

    operations = [
        migrations.RenameModel("Land", "Country"),
        migrations.RenameField("Country", "code", "iso"),
    ]
