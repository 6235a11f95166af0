from django.conf import settings
from django.db import models


class Organization(models.Model):
    name = models.CharField(max_length=120, unique=True)
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.SET_NULL)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="organizations")


class Office(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="offices")
    city = models.CharField(max_length=80)


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE)
    role = models.CharField(max_length=20, default="member")
    since = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], name="one_membership_per_organization"),
        ]
