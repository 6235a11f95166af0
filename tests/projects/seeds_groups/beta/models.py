from django.db import models


class Egg(models.Model):
    hen = models.ForeignKey("first.Hen", models.CASCADE, related_name="+")


class Turn(models.Model):
    """Its table had another name until 0004."""

    steps = models.IntegerField()

    class Meta:
        db_table = "beta table of turns"
