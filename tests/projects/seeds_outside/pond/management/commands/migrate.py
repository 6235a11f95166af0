from django.core.management.commands import migrate


class Command(migrate.Command):
    """The project's own: it makes rows once the tables are there."""

    def handle(self, *args, **options):
        super().handle(*args, **options)
        from pond.models import Made

        if options["migration_name"] == "zero":
            return
        Made.objects.using(options["database"]).get_or_create(name="by the command")
