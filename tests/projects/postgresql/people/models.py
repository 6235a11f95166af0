from django.contrib.postgres.fields import ArrayField
from django.db import models


class Customer(models.Model):
    title = models.CharField(max_length=50, unique=True)
    nicknames = ArrayField(models.CharField(max_length=20), default=list)
    seen = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["seen"], name="customer_seen")]
