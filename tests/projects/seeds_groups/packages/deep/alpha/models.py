from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Step(models.Model):
    """The two apps take turns."""

    text = models.CharField(max_length=50)


class Tag(models.Model):
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey()
    name = models.CharField(max_length=20)


class Hen(models.Model):
    egg = models.ForeignKey("beta.Egg", models.CASCADE, null=True, related_name="+")
