import uuid

from django.db import models
from django.db.models import Q


class Product(models.Model):
    name = models.CharField(max_length=50, db_collation="utf8mb4_bin")
    state = models.CharField(max_length=10, db_default="new")
    data = models.JSONField(default=dict)
    key = models.UUIDField(default=uuid.uuid4)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    replaced_by = models.ForeignKey("self", models.SET_NULL, null=True)
    about = models.TextField(default="", db_comment="for the catalogue")

    class Meta:
        db_table_comment = "what we sell"
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(state="new"), name="one_new_product_of_a_name"),
            models.CheckConstraint(condition=Q(price__gte=0), name="price_not_negative"),
        ]


class Offer(models.Model):
    product = models.ForeignKey(Product, models.CASCADE)
    customers = models.ManyToManyField("people.Customer")
    until = models.DateField(null=True)

    class Meta:
        unique_together = [("product", "until")]


class Audit(models.Model):
    text = models.CharField(max_length=80)
    at = models.DateTimeField(null=True)
