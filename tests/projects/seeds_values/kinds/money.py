from django.db import models


class Money:
    """A value that no migration can spell."""

    def __init__(self, cents):
        self.cents = cents


class MoneyField(models.IntegerField):
    def from_db_value(self, value, expression, connection):
        return None if value is None else Money(value)

    def get_prep_value(self, value):
        return value.cents if isinstance(value, Money) else value
