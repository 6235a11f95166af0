from django.db import models


class Fish(models.Model):
    name = models.CharField(max_length=50)


class Plant(models.Model):
    name = models.CharField(max_length=50)


class Made(models.Model):
    """Rows that no migration makes."""

    name = models.CharField(max_length=50, unique=True)
