from django.db import migrations, models
import django.db.models.deletion
class Migration(migrations.Migration):
    initial=True
    dependencies=[("things","0002_extra")]
    operations=[migrations.CreateModel("Gadget",[("id",models.AutoField(primary_key=True,auto_created=True,serialize=False,verbose_name="ID")),("thing",models.ForeignKey("things.Thing",on_delete=django.db.models.deletion.CASCADE))])]
