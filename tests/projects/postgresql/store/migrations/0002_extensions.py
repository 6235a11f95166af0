import django.contrib.postgres.constraints
import django.contrib.postgres.fields.hstore
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import BtreeGistExtension, HStoreExtension, UnaccentExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        HStoreExtension(),
        BtreeGistExtension(),
        UnaccentExtension(),
        migrations.AddField(
            "Product", "attributes", django.contrib.postgres.fields.hstore.HStoreField(default=dict)
        ),
        migrations.AddField("Product", "data", models.JSONField(default=dict)),
        migrations.AddIndex(
            "Product",
            django.contrib.postgres.indexes.GinIndex(fields=["attributes"], name="product_attributes"),
        ),
        migrations.AddConstraint(
            "Offer",
            django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("during", django.contrib.postgres.fields.ranges.RangeOperators.OVERLAPS),
                    ("product", django.contrib.postgres.fields.ranges.RangeOperators.EQUAL),
                ],
                name="one_offer_at_a_time",
            ),
        ),
    ]
