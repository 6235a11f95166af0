def load(apps, schema_editor):
    apps.get_model("shop", "Helped").objects.create(name="first helper")


def unload(apps, schema_editor):
    apps.get_model("shop", "Helped").objects.filter(name="first helper").delete()


silent = lambda apps, schema_editor: None
