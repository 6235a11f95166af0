from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            "Person",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50)),
                ("nicknames", models.JSONField(default=list)),
                ("seen", models.DateTimeField(auto_now_add=True)),
                ("points", models.IntegerField(default=0)),
            ],
        ),
    ]
