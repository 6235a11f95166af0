from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    phone = models.CharField(max_length=32, blank=True)
    office = models.ForeignKey("organizations.Office", null=True, blank=True, on_delete=models.SET_NULL)


class Owned(models.Model):
    """Whatever somebody answers for."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Address(Owned):
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=12)
    city = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["postcode", "city"], name="address_place_idx")]
