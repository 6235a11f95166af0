from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Client(TenantMixin):
    name = models.CharField(max_length=100)
    plan = models.CharField(max_length=20, default="free")
    auto_create_schema = False


class Domain(DomainMixin):
    pass
