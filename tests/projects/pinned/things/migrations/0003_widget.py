from django.db import migrations, models
import django.db.models.deletion
class Migration(migrations.Migration):
    dependencies=[("things","0002_extra"),("gadgets","0001_initial")]
    operations=[migrations.CreateModel("Widget",[("id",models.AutoField(primary_key=True,auto_created=True,serialize=False,verbose_name="ID")),("thing",models.ForeignKey("things.Thing",on_delete=django.db.models.deletion.CASCADE)),("gadget",models.ForeignKey("gadgets.Gadget",null=True,on_delete=django.db.models.deletion.CASCADE))])]
