from django.db import models


class Badge(models.Model):
    group = models.ForeignKey("school.Group", models.CASCADE)
