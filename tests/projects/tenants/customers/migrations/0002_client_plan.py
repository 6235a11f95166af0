from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [
        migrations.AddField(model_name="client", name="plan", field=models.CharField(default="free", max_length=20)),
    ]
