from django.db import models


class Growth(models.Model):
    day = models.DateField()
    weight = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    before = models.ForeignKey("self", models.SET_NULL, null=True)
    note = models.JSONField(default=dict)


class Account(models.Model):
    name = models.CharField(max_length=50)
    password = models.CharField(max_length=128)
