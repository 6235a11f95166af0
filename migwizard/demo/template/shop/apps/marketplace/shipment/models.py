from django.db import models

from apps.user.models import Owned


class Courier(models.Model):
    name = models.CharField(max_length=80)
    code = models.CharField(max_length=12, unique=True)
    tracking_url = models.CharField(max_length=200, blank=True)


class Shipment(Owned):
    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="shipments")
    courier = models.ForeignKey(Courier, on_delete=models.PROTECT)
    tracking_code = models.CharField(max_length=64, blank=True)
    shipped_on = models.DateField(null=True, blank=True)


class Parcel(models.Model):
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="parcels")
    lines = models.ManyToManyField("orders.OrderLine", through="Packing", related_name="parcels")
    weight_grams = models.PositiveIntegerField(null=True, blank=True)


class Packing(models.Model):
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE)
    line = models.ForeignKey("orders.OrderLine", on_delete=models.CASCADE)
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parcel", "line"], name="line_once_per_parcel")]
