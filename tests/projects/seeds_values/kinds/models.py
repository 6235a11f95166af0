import uuid

from django.db import models

from kinds.money import MoneyField


class Everything(models.Model):
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    when = models.DateTimeField(null=True)
    day = models.DateField()
    hour = models.TimeField()
    duration = models.DurationField()
    price = models.DecimalField(max_digits=8, decimal_places=2)
    ratio = models.FloatField()
    blob = models.BinaryField()
    data = models.JSONField()
    token = models.UUIDField(default=uuid.uuid4)
    fixed = models.UUIDField()
    yes = models.BooleanField(default=True)
    text = models.TextField()
    ip = models.GenericIPAddressField()
    file = models.FileField()


class Proxied(Everything):
    class Meta:
        proxy = True


class Node(models.Model):
    """Points to itself, also to rows that come later."""

    name = models.CharField(max_length=20)
    next = models.ForeignKey("self", models.CASCADE, null=True)
    owner = models.ForeignKey("Owner", models.CASCADE, null=True, related_name="+")


class Owner(models.Model):
    """In a circle with Node, under keys of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    home = models.ForeignKey(Node, models.CASCADE, related_name="+")


class Place(models.Model):
    name = models.CharField(max_length=20)


class Cafe(Place):
    seats = models.IntegerField()
    friends = models.ManyToManyField(Node)


class Coin(models.Model):
    value = MoneyField()


class Stamp(models.Model):
    """The key is made of random bytes, the rest is not."""

    token = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=20)
