"""A project's files as text: settings, models.py, AppConfigs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.fuzz.models import ALL_SCALARS, RELATIONS, App, Constraint, Field, Index, Model, World

MANAGE = """\
#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""

_SETTINGS = """\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "not secret"
USE_TZ = True
ROOT_URLCONF = "config.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
{apps}
]
"""

_ADMIN = """\
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
"""

_MANAGERS = """\
from django.db import models


class Found(models.Manager):
    use_in_migrations = True
"""

_CONFIG = """\
from django.apps import AppConfig


class Config(AppConfig):
    name = "{package}"
    label = "{label}"
"""


def project_files(world: World, databases: str) -> dict[str, str]:
    """The files of the project that are no models and no migrations, by relative path; `databases` are lines of its settings."""
    names = [f"django.contrib.{name}" for name in world.contrib] + [app.package for app in world.apps]
    settings = _SETTINGS.format(apps="\n".join(f'    "{name}",' for name in names)) + databases
    if "admin" in world.contrib:
        settings += _ADMIN
    if world.user:
        settings += f'AUTH_USER_MODEL = "{world.user}"\n'
    elsewhere = {app.label: app.migrations for app in world.apps if app.migrations}
    if elsewhere:
        settings += f"MIGRATION_MODULES = {elsewhere!r}\n"
    files = {"manage.py": MANAGE, "config/__init__.py": "", "config/settings.py": settings}
    files |= {"config/urls.py": "urlpatterns = []\n", "config/managers.py": _MANAGERS}
    for app in world.apps:
        files |= dict.fromkeys(_packages(app.package) | _packages(app.migrations_package), "")
        if app.package.rpartition(".")[2] != app.label:
            files[f"{_folder(app.package)}/apps.py"] = _CONFIG.format(package=app.package, label=app.label)
    return files


def migrations_folder(app: App) -> str:
    """Where the migrations of an app lie, relative to the project."""
    return _folder(app.migrations_package)


def model_files(world: World) -> dict[str, str]:
    """The models.py of every app, by relative path."""
    return {f"{_folder(app.package)}/models.py": models_text(world, app) for app in world.apps}


def models_text(world: World, app: App) -> str:
    """The text of one models.py."""
    models = _bases_first(world.of_app(app.label))
    body = "\n\n\n".join([_model(world, model) for model in models])
    lines = []
    if "uuid.uuid4" in body:
        lines += ["import uuid", ""]
    if "settings." in body:
        lines.append("from django.conf import settings")
    if "AbstractUser" in body:
        lines.append("from django.contrib.auth.models import AbstractUser")
    lines.append("from django.db import models")
    if "Upper(" in body:
        lines.append("from django.db.models.functions import Upper")
    lines += _postgresql_imports(body)
    for base in sorted({base for model in models for base in model.bases if world.models[base].app != app.label}):
        other = world.models[base]
        lines.append(f"from {world.app(other.app).package}.models import {other.name}")
    if any(model.manager for model in models):
        lines.append("from config.managers import Found")
    return "\n".join(lines) + (f"\n\n\n{body}\n" if body else "\n")


def _postgresql_imports(body: str) -> Iterable[str]:
    """Lines for what a module uses of django.contrib.postgres."""
    places = {
        "constraints": ("ExclusionConstraint",),
        "fields": ("ArrayField", "DateRangeField", "HStoreField", "IntegerRangeField", "RangeOperators"),
        "indexes": ("BrinIndex", "GinIndex", "GistIndex", "HashIndex", "OpClass"),
        "search": ("SearchVectorField",),
    }
    for place, names in places.items():
        if used := [name for name in names if re.search(rf"\b{name}\b", body)]:
            yield f"from django.contrib.postgres.{place} import {', '.join(used)}"


def field_text(world: World, model: Model, one: Field) -> str:
    """The expression of one field."""
    options = one.all_options
    if one.kind == "generated":
        inner = "models.IntegerField()"
        return f'models.GeneratedField(expression=models.F("{one.of}") * 2, output_field={inner}, db_persist=True)'
    if not one.relation:
        return f"{ALL_SCALARS[one.kind][0]}({_arguments(options)})"
    to = '"self"' if one.to == model.label else f'"{one.to}"'
    if one.to == world.user and one.to:
        to = "settings.AUTH_USER_MODEL"
    words = [to]
    if one.kind != "m2m":
        words.append(options.pop("on_delete", "models.CASCADE"))
    if one.through:
        options["through"] = f'"{one.through}"'
    return f"{RELATIONS[one.kind]}({', '.join([*words, *([_arguments(options)] if options else [])])})"


def _arguments(options: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in options.items())


def _model(world: World, model: Model) -> str:
    bases = [world.models[base].name for base in model.bases]
    if model.kind == "user":
        bases.append("AbstractUser")
    lines = [f"class {model.name}({', '.join(bases or ['models.Model'])}):"]
    if model.composite:
        parts = [one for name in model.composite if (one := model.field(name))]
        names = ", ".join(f'"{one.column}"' for one in parts)
        lines.append(f"    pk = models.CompositePrimaryKey({names})")
    lines += [f"    {one.name} = {field_text(world, model, one)}" for one in model.fields]
    if model.manager:
        lines += ["", "    objects = Found()"]
    options = list(_options(model))
    if options:
        lines += ["", "    class Meta:", *(f"        {key} = {value}" for key, value in options)]
    return "\n".join(lines if len(lines) > 1 else [*lines, "    pass"])


def _options(model: Model) -> Iterable[tuple[str, str]]:
    if model.kind in ("abstract", "proxy"):
        yield model.kind, "True"
    if model.kind == "view":
        yield "managed", "False"
    yield from model.meta
    if model.unique_together:
        yield "unique_together", repr([tuple(group) for group in model.unique_together])
    if model.order_with:
        yield "order_with_respect_to", f'"{model.order_with}"'
    if model.indexes:
        yield "indexes", "[" + ", ".join(map(_index, model.indexes)) + "]"
    if model.constraints:
        yield "constraints", "[" + ", ".join(map(_constraint, model.constraints)) + "]"


def _index(index: Index) -> str:
    if index.upper:
        return f'models.Index(Upper("{index.fields[0]}"), name="{index.name}")'
    more = f", condition=models.Q({index.where}__isnull=False)" if index.where else ""
    more += (f", include={list(index.include)!r}" if index.include else "") + index.more
    return f'{index.using or "models.Index"}(fields={list(index.fields)!r}, name="{index.name}"{more})'


def _constraint(constraint: Constraint) -> str:
    if constraint.kind == "check":
        return f'models.CheckConstraint(condition=models.Q({constraint.fields[0]}__gte=0), name="{constraint.name}")'
    if constraint.kind == "exclude":
        expressions = f'[("{constraint.fields[0]}", RangeOperators.OVERLAPS)]'
        return f'ExclusionConstraint(name="{constraint.name}", expressions={expressions})'
    more = f", condition=models.Q({constraint.where}__isnull=False)" if constraint.where else ""
    more += (f", include={list(constraint.include)!r}" if constraint.include else "") + constraint.more
    return f'models.UniqueConstraint(fields={list(constraint.fields)!r}, name="{constraint.name}"{more})'


def _bases_first(models: list[Model]) -> list[Model]:
    """The models in an order in which each comes after its bases of the same app."""
    left, done = {model.label: model for model in models}, list[Model]()
    while left:
        for label, model in list(left.items()):
            if not left.keys() & set(model.bases):
                done.append(left.pop(label))
    return done


def _folder(package: str) -> str:
    return package.replace(".", "/")


def _packages(package: str) -> set[str]:
    parts = package.split(".")
    return {"/".join(parts[: number + 1]) + "/__init__.py" for number in range(len(parts))}
