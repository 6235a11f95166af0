"""Functions with the names of another module's."""


def load(apps, schema_editor):
    apps.get_model("shop", "Helped").objects.create(name="second helper")
