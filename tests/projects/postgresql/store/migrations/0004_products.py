import datetime
from decimal import Decimal

from django.db import migrations


def products(apps, schema_editor):
    product = apps.get_model("store", "Product")
    apple = product.objects.create(name="Apple", price=Decimal("1.50"), attributes={"colour": "red"}, data={"a": [1]})
    product.objects.create(name="Anvil", price=Decimal("99.99"))
    ada = apps.get_model("people", "Customer").objects.get(title="Ada")
    days = (datetime.date(2020, 1, 1), datetime.date(2020, 2, 1))
    apps.get_model("store", "Offer").objects.create(product=apple, customer=ada, during=days)


class Migration(migrations.Migration):
    dependencies = [("store", "0003_objects")]

    operations = [
        migrations.RunPython(products, migrations.RunPython.noop),
        migrations.RunSQL("UPDATE store_product SET name = 'Green apple' WHERE name = 'Apple'", migrations.RunSQL.noop),
    ]
