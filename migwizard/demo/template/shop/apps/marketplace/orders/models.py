from django.db import models

from apps.user.models import Owned


class ConversionRate(models.Model):
    currency = models.CharField(max_length=3, unique=True)
    rate = models.DecimalField(max_digits=12, decimal_places=6)


class Document(Owned):
    """Anything with a number that goes to a customer."""

    number = models.CharField(max_length=20, unique=True)
    currency = models.ForeignKey(ConversionRate, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Order(Document):
    STATES = [("new", "new"), ("paid", "paid"), ("sent", "sent"), ("closed", "closed")]

    state = models.CharField(max_length=10, choices=STATES, default="new")
    created_on = models.DateTimeField(auto_now_add=True)
    courier = models.ForeignKey("shipment.Courier", null=True, blank=True, on_delete=models.SET_NULL)
    last_shipment = models.OneToOneField(
        "shipment.Shipment", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    line_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        indexes = [models.Index(fields=["state", "created_on"], name="order_state_idx")]


class OrderLine(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey("products.Variant", on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        unique_together = [("order", "variant")]


class Invoice(Document):
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    issued_on = models.DateField()
