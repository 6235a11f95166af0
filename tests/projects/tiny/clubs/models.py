from django.db import models


class Club(models.Model):
    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=60)
    captain = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="leads")
    members = models.IntegerField(db_default=0)
    updated_at = models.DateTimeField()
