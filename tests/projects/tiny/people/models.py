from django.db import models


class Person(models.Model):
    name = models.CharField(max_length=60)
    nick = models.CharField(max_length=20, blank=True)
    club = models.ForeignKey("clubs.Club", models.CASCADE, null=True)

    class Meta:
        indexes = [models.Index(fields=["name"], name="person_name")]
