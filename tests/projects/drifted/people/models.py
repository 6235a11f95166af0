from django.db import models


class Person(models.Model):
    name = models.CharField(max_length=20)
    favourite = models.ForeignKey("library.Book", models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["name"], name="person_name")]


class Loan(models.Model):
    person = models.ForeignKey(Person, models.CASCADE)
    book = models.ForeignKey("library.Book", models.CASCADE)
    since = models.DateField(null=True)
