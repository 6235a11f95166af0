from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_product")]
    operations = [migrations.AddField(model_name="product", name="note", field=models.TextField(blank=True))]
