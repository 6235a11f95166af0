from django.db import migrations


def hens(apps, schema_editor):
    apps.get_model("first", "Hen").objects.create()


def people(apps, schema_editor):
    """A group with a permission of a model and one that no model declares; a tag on that group."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    kind, _ = ContentType.objects.get_or_create(app_label="auth", model="group")
    Permission = apps.get_model("auth", "Permission")
    group = apps.get_model("auth", "Group").objects.create(name="Keepers")
    for codename, name in (("add_group", "Can add group"), ("feed_hens", "Can feed hens")):
        permission, _ = Permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": name}
        )
        group.permissions.add(permission)
    apps.get_model("first", "Tag").objects.create(content_type=kind, object_id=group.pk, name="people")


def settings(apps, schema_editor):
    """Rows of somebody else: one is changed, one is new, one stays."""
    Setting = apps.get_model("vendor", "Setting")
    Setting.objects.filter(key="colour").update(value="green")
    Setting.objects.create(key="shape", value="round")


def hidden(*functions):
    """A list of operations that no source shows, so that only their rows can come along."""
    return [migrations.RunPython(lambda apps, editor, run=run: run(apps, editor)) for run in functions]


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("first", "0003_end"),
        ("vendor", "0001_initial"),
    ]

    operations = hidden(hens, people, settings)
