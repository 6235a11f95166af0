from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies=[("things","0001_initial")]
    operations=[migrations.AddField("Thing","extra",models.CharField(max_length=5,default="x"))]
