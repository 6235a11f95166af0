import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.AddField("Product", "state", models.CharField(db_default="new", max_length=10)),
        migrations.AddField("Product", "data", models.JSONField(default=dict)),
        migrations.AddField("Product", "about", models.TextField(db_comment="for the catalogue", default="")),
        migrations.AddField(
            "Product",
            "replaced_by",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to="store.product"),
        ),
        migrations.AddField("Offer", "until", models.DateField(null=True)),
        migrations.AlterField("Product", "name", models.CharField(db_collation="utf8mb4_bin", max_length=50)),
        migrations.AlterUniqueTogether("Offer", {("product", "until")}),
        migrations.AlterModelTableComment("Product", "what we sell"),
        # Neither MySQL nor MariaDB has unique constraints with a condition: nothing is created.
        migrations.AddConstraint(
            "Product",
            models.UniqueConstraint(condition=Q(state="new"), fields=["name"], name="one_new_product_of_a_name"),
        ),
        migrations.AddConstraint(
            "Product", models.CheckConstraint(condition=Q(price__gte=0), name="price_not_negative")
        ),
    ]
