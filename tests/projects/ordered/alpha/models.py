from django.db import models


class Anchor(models.Model):
    one = models.ForeignKey("beta.Base", models.CASCADE, related_name="+")
    other = models.ForeignKey("gamma.Ground", models.CASCADE, related_name="+")
