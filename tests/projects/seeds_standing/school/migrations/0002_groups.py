from django.db import migrations


def make_groups(apps, schema_editor):
    """Today every group needs a term, which this function knows nothing of."""
    Group = apps.get_model("school", "Group")
    Group.objects.create(name="Editors")
    Group.objects.create(name="Readers")


class Migration(migrations.Migration):
    dependencies = [("school", "0001_initial")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
