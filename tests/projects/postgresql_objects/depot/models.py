from django.db import models


class Code(models.Field):
    """A column whose type is a domain that a migration makes."""

    def db_type(self, connection):
        return "depot_code"


class Item(models.Model):
    code = Code()
    name = models.CharField(max_length=50)
    weight = models.IntegerField(default=1)
