from django.apps import AppConfig
from django.db.models.signals import post_migrate


def after_migrate(sender, using, plan, **kwargs):
    from pond.models import Made

    if any(backwards for _, backwards in plan):
        return
    Made.objects.using(using).get_or_create(name="by the handler of the app")


class PondConfig(AppConfig):
    name = "pond"

    def ready(self):
        post_migrate.connect(after_migrate, sender=self)
