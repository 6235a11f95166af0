"""Which tools are compared, and how the documentation of each says to run it; no repairs by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

HEADS = {
    "user": "0007",
    "organizations": "0008",
    "products": "0018",
    "orders": "0013",
    "shipment": "0007",
    "bootstrap": "0002",
}
"""The demo's apps in the order of INSTALLED_APPS, with the newest migration of each."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command: its program ("manage", "migwizard" or one of the system), its arguments, and what is typed."""

    words: tuple[str, ...]
    typed: str = ""


def manage(*arguments: str, typed: str = "") -> Step:
    """A management command of the project."""
    return Step(("manage", *arguments), typed)


MIGRATE = manage("migrate")


@dataclass(frozen=True, slots=True)
class Tool:
    """A way to reset migrations."""

    name: str
    reset: tuple[Step, ...]
    """Run once, in the checkout whose files are reset, on a database that is up to date."""
    told: str = "`migrate`"
    """What its documentation has other databases go through, in words."""
    old_files: tuple[Step, ...] = ()
    """Of that: what runs while the old files are still there."""
    new_files: tuple[Step, ...] = (MIGRATE,)
    """Of that: what runs once the new files are there."""
    requirement: str = ""
    """Its pinned version in the package index; empty for what comes with Django, and for ourselves."""
    django: str = "Django==5.2.*"
    settings: str = ""
    """What is appended to the project's settings."""
    tables: frozenset[str] = frozenset()
    """Its own tables, which are not judged."""
    flat: bool = False
    """It finds apps beside manage.py only, so that the demo's are moved there."""

    @property
    def slug(self) -> str:
        """Its name for folders and the command line."""
        return re.sub(r"[^\w.]+", "-", self.name)


def _delete(pattern: str, kept: str) -> Step:
    """Delete the project's migrations of that name, and not those of the other."""
    return Step(("find", ".", "-path", f"*/migrations/{pattern}", "-not", "-name", kept, "-delete"))


def _installed(app: str) -> str:
    return f'\nINSTALLED_APPS += ["{app}"]\n'


_FAKE = manage("migrate", "--fake")
_FORGET = manage(
    "shell", "-c", "from django.db import connection; connection.cursor().execute('DELETE FROM django_migrations')"
)
_FLAG = """\
from django.utils import timezone
from django_migration_zero.models import MigrationZeroConfiguration
MigrationZeroConfiguration.objects.update_or_create(
    defaults={"migration_imminent": True, "migration_date": timezone.localdate()}
)
"""
_LOG = """
LOGGING = {
    "version": 1,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django_migration_zero": {"handlers": ["console"], "level": "INFO"}},
}
"""
# Make a backup; yes, go on; and, should it fail, put the backup back in the place of what is there.
_WITH_BACKUP = manage("zeromigrations", typed="1\ny\n1\n")

_REPLACE = Tool(
    name="django-replace-migrations 0.0.2",
    # Its "workflow for depending apps": replace all, and delete what is replaced.
    reset=(
        manage("makemigrations", "--replace-all", "--name", "replace", *HEADS),
        _delete("0*.py", "*_replace.py"),
    ),
    requirement="django-replace-migrations==0.0.2",
    settings=_installed("django_replace_migrations"),
)

TOOLS = (
    Tool(
        name="squashmigrations",
        reset=tuple(manage("squashmigrations", label, head, "--no-input") for label, head in HEADS.items()),
    ),
    Tool(
        name="rm + makemigrations",
        # The recipe of many posts: delete the files, make new ones, forget what was applied, fake these.
        reset=(_delete("*.py", "__init__.py"), manage("makemigrations"), _FORGET, _FAKE),
        told="all rows of `django_migrations` deleted, `migrate --fake`",
        new_files=(_FORGET, _FAKE),
    ),
    Tool(
        name="django-remake-migrations 3.1.0",
        reset=(manage("remakemigrations"),),
        requirement="django-remake-migrations==3.1.0",
        settings=_installed("django_remake_migrations"),
    ),
    Tool(
        name="django-squash 0.0.15",
        reset=(manage("squash_migrations"),),
        requirement="django-squash==0.0.15",
        settings=_installed("django_squash"),
    ),
    _REPLACE,
    # Its README names Django 2.1 and 3.0; this is the oldest that the demo runs with.
    replace(_REPLACE, name=f"{_REPLACE.name} on Django 3.2", django="Django==3.2.*"),
    Tool(
        name="django-migration-zero 2.5.1",
        reset=(manage("reset_local_migration_files"),),
        told="a flag in the admin, `handle_migration_zero_reset`, `migrate`",
        old_files=(manage("shell", "-c", _FLAG),),
        new_files=(manage("handle_migration_zero_reset"), MIGRATE),
        requirement="django-migration-zero==2.5.1",
        settings=_installed("django_migration_zero") + _LOG,
        tables=frozenset({"django_migration_zero_migrationzeroconfiguration"}),
    ),
    Tool(
        name="django-zero-migrations-commands 1.1.0",
        reset=(manage("zeromigrations", "create"), manage("zeromigrations", "apply")),
        told="`zeromigrations apply`",
        new_files=(manage("zeromigrations", "apply"),),
        requirement="django-zero-migrations-commands==1.1.0",
        settings=_installed("django_zero_migrations_commands"),
        flat=True,
    ),
    Tool(
        name="django-zeromigrations 0.3.2",
        reset=(_WITH_BACKUP,),
        told="`zeromigrations` again",
        old_files=(_WITH_BACKUP,),
        new_files=(),
        requirement="django-zeromigrations==0.3.2",
        settings=_installed("zero_migrations"),
        flat=True,
    ),
    Tool(
        name="django-reset-migrations 0.4.0",
        reset=(manage("reset_migrations", *HEADS),),
        told="`reset_migrations APPS --cached`",
        new_files=(manage("reset_migrations", *HEADS, "--cached"),),
        requirement="django-reset-migrations==0.4.0",
        settings=_installed("reset_migrations"),
        flat=True,
    ),
    Tool(
        name="migwizard",
        reset=(Step(("migwizard", "run", "--yes")),),
        told="`migwizard fake`",
        new_files=(Step(("migwizard", "fake", "--all", "--yes")),),
    ),
)
