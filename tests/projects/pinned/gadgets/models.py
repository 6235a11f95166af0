from django.db import models
class Gadget(models.Model):
    thing=models.ForeignKey("things.Thing",on_delete=models.CASCADE)
