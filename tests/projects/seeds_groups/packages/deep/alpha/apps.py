from django.apps import AppConfig


class AlphaConfig(AppConfig):
    name = "packages.deep.alpha"
    label = "first"
