from django.db import models
class Thing(models.Model):
    name=models.CharField(max_length=20)
    extra=models.CharField(max_length=5,default="x")
class Widget(models.Model):
    thing=models.ForeignKey(Thing,on_delete=models.CASCADE)
    gadget=models.ForeignKey("gadgets.Gadget",null=True,on_delete=models.CASCADE)
