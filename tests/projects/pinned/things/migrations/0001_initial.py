from django.db import migrations, models
class Migration(migrations.Migration):
    initial=True
    dependencies=[]
    operations=[migrations.CreateModel("Thing",[("id",models.AutoField(primary_key=True,auto_created=True,serialize=False,verbose_name="ID")),("name",models.CharField(max_length=20))])]
