from django.db import models


class Customer(models.Model):
    title = models.CharField(max_length=50, unique=True)
    nicknames = models.JSONField(default=list)
    seen = models.DateTimeField(auto_now_add=True)
    invited_by = models.ForeignKey("self", models.CASCADE, null=True)
    points = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["seen"], name="customer_seen")]
