from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "apps.user.organizations"
