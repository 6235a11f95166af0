import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, HStoreField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=50)
    attributes = HStoreField(default=dict)
    key = models.UUIDField(default=uuid.uuid4)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [GinIndex(fields=["attributes"], name="product_attributes")]


class Offer(models.Model):
    product = models.ForeignKey(Product, models.CASCADE)
    customer = models.ForeignKey("people.Customer", models.CASCADE, null=True)
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_offer_at_a_time",
                expressions=[("during", RangeOperators.OVERLAPS), ("product", RangeOperators.EQUAL)],
            )
        ]


class Audit(models.Model):
    text = models.CharField(max_length=80)
    at = models.DateTimeField(null=True)
