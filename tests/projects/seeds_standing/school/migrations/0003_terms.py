from django.db import migrations, models


def make_term(apps, schema_editor):
    apps.get_model("school", "Term").objects.create(name="Spring")


def set_terms(apps, schema_editor):
    term = apps.get_model("school", "Term").objects.get()
    apps.get_model("school", "Group").objects.update(term=term)


class Migration(migrations.Migration):
    dependencies = [("school", "0002_groups")]
    operations = [
        migrations.RunPython(make_term, migrations.RunPython.noop),
        migrations.AddField("group", "term", models.ForeignKey("school.Term", models.CASCADE, null=True)),
        migrations.RunPython(set_terms, migrations.RunPython.noop),
        migrations.AlterField("group", "term", models.ForeignKey("school.Term", models.CASCADE)),
    ]
