from django.db import models


class Unit(models.Model):
    code = models.CharField(max_length=8, unique=True)


class Product(models.Model):
    name = models.CharField(max_length=100)
    unit = models.ForeignKey(Unit, models.PROTECT)
    note = models.TextField(blank=True)
