from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=80)
    shelf = models.CharField(max_length=10, blank=True)
    owner = models.ForeignKey("people.Person", models.SET_NULL, null=True)

    class Meta:
        unique_together = [("title", "shelf")]
        indexes = [models.Index(fields=["shelf"], name="book_shelf")]
