from django.db import models


class Place(models.Model):
    item = models.ForeignKey("depot.Item", models.CASCADE)
