from django.db import models


class Ground(models.Model):
    name = models.CharField(max_length=20)


class GrainOne(models.Model):
    ground = models.ForeignKey("gamma.Ground", models.CASCADE, related_name="+")


class GrainTwo(models.Model):
    ground = models.ForeignKey("gamma.Ground", models.CASCADE, related_name="+")


class GrainThree(models.Model):
    ground = models.ForeignKey("gamma.Ground", models.CASCADE, related_name="+")


class GrainFour(models.Model):
    ground = models.ForeignKey("gamma.Ground", models.CASCADE, related_name="+")


class GrainFive(models.Model):
    ground = models.ForeignKey("gamma.Ground", models.CASCADE, related_name="+")
