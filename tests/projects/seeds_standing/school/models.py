from django.db import models


class Term(models.Model):
    name = models.CharField(max_length=20)


class Group(models.Model):
    name = models.CharField(max_length=20)
    term = models.ForeignKey(Term, models.CASCADE)


class Plan(models.Model):
    text = models.CharField(max_length=20)
