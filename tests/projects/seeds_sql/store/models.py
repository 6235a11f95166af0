from django.db import models


class Item(models.Model):
    name = models.CharField(max_length=50)
    price = models.IntegerField(default=0)


class Audit(models.Model):
    """Written by a trigger."""

    text = models.CharField(max_length=50)


class Note(models.Model):
    """Its table is made by hand, with a check that no model declares."""

    text = models.CharField(max_length=50)


class Box(models.Model):
    name = models.CharField(max_length=50)


class Crate(models.Model):
    name = models.CharField(max_length=60)
