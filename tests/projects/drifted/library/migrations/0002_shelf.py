from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0001_initial")]
    operations = [
        migrations.RemoveField("book", "pages"),
        migrations.AddField("book", "shelf", models.CharField(blank=True, max_length=10)),
    ]
