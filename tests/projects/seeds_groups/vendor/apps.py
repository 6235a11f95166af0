from django.apps import AppConfig


class VendorConfig(AppConfig):
    """Stands for a third party: the tests leave it out of the reset."""

    name = "vendor"
