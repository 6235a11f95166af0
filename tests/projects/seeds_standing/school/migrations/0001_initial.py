from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Group", [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=20))]),
        migrations.CreateModel("Term", [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=20))]),
        migrations.CreateModel(
            "Plan",
            [
                ("id", models.AutoField(primary_key=True)),
                ("text", models.CharField(max_length=20)),
                ("draft", models.BooleanField(default=False)),
            ],
        ),
    ]
