from django.db import models


class OrderOne(models.Model):
    base = models.ForeignKey("beta.Base", models.CASCADE, related_name="+")


class OrderTwo(models.Model):
    base = models.ForeignKey("beta.Base", models.CASCADE, related_name="+")


class OrderThree(models.Model):
    base = models.ForeignKey("beta.Base", models.CASCADE, related_name="+")


class OrderFour(models.Model):
    base = models.ForeignKey("beta.Base", models.CASCADE, related_name="+")


class OrderFive(models.Model):
    base = models.ForeignKey("beta.Base", models.CASCADE, related_name="+")


class OrderSix(models.Model):
    base = models.ForeignKey("beta.Base", models.CASCADE, related_name="+")
