from decimal import Decimal

from django.db import migrations


def products(apps, schema_editor):
    product = apps.get_model("store", "Product")
    apple = product.objects.create(name="Apple", price=Decimal("1.50"), data={"a": [1]}, about="red")
    anvil = product.objects.create(name="Änvil 🔨", price=Decimal("99.99"))
    # A row that points to one behind it: the server looks at once.
    product.objects.filter(pk=apple.pk).update(replaced_by=anvil)
    ada = apps.get_model("people", "Customer").objects.get(title="Ada")
    offer = apps.get_model("store", "Offer").objects.create(product=apple)
    offer.customers.add(ada)


class Migration(migrations.Migration):
    dependencies = [("store", "0003_objects")]

    operations = [
        migrations.RunPython(products, migrations.RunPython.noop),
        migrations.RunSQL("UPDATE store_product SET name = 'Green apple' WHERE name = 'Apple'", migrations.RunSQL.noop),
    ]
