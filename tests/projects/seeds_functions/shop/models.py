from django.db import models


class Thing(models.Model):
    name = models.CharField(max_length=50, unique=True)


class Helped(models.Model):
    name = models.CharField(max_length=50)


class Marked(models.Model):
    name = models.CharField(max_length=50)


class Country(models.Model):
    """Was called Land until 0008."""

    name = models.CharField(max_length=50)
    iso = models.CharField(default="", max_length=2)
