"""Projects laid out in every way that Django allows, written in a few lines each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from tests.engine.support import Shop
from tests.project.support import write

MANAGE = """
    import os
    import sys

    sys.path[:0] = {path}
    if __name__ == "__main__":
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    """

SETTINGS = """
    from pathlib import Path

    BASE_DIR = Path(__file__).resolve().parent.parent
    SECRET_KEY = "layouts"
    USE_TZ = True
    DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
    INSTALLED_APPS = {apps}
    DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}}}
    """

ID = 'models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")'


def migration(operations: str, *dependencies: tuple[str, str], head: str = "", more: str = "") -> str:
    """The text of a migration; `operations` is the inside of the list."""
    body = "\n".join(f"    {line}" for line in (more, f"dependencies = {list(dependencies)!r}") if line)
    return f"from django.db import migrations, models\n{dedent(head)}\n\nclass Migration(migrations.Migration):\n{body}\n    operations = [{operations}]\n"


def create(model: str, **fields: str) -> str:
    """A CreateModel with an id and these fields, each as in models.py."""
    listed = ", ".join(f'("{name}", models.{field})' for name, field in fields.items())
    return f'migrations.CreateModel("{model}", [("id", {ID}), {listed}])'


def models(**by_model: Mapping[str, str]) -> str:
    """A models.py."""
    text = "from django.db import models\n"
    for model, fields in by_model.items():
        text += f"\n\nclass {model}(models.Model):\n"
        text += "".join(f"    {name} = models.{field}\n" for name, field in fields.items())
    return text


def app(
    package: str, model: str = "", *, label: str = "", needs: tuple[tuple[str, str], ...] = (), **fields: str
) -> dict[str, str]:
    """An app with one model in one migration that depends on `needs`, by path; `package` is a path."""
    files = {f"{package}/__init__.py": "", f"{package}/migrations/__init__.py": ""}
    name = package.replace("/", ".")
    if label:
        files[f"{package}/apps.py"] = (
            f"from django.apps import AppConfig\n\n\nclass Config(AppConfig):\n    name = {name!r}\n    label = {label!r}\n"
        )
    if model:
        files[f"{package}/models.py"] = models(**{model: fields})
        files[f"{package}/migrations/0001_initial.py"] = migration(
            create(model, **fields), *needs, more="initial = True"
        )
    return files


def packages(*folders: str) -> dict[str, str]:
    """Folders that are packages only."""
    return {f"{folder}/__init__.py": "" for folder in folders}


def settle(root: Path, files: Mapping[str, str], apps: list[str], *, path: str = "[]", more: str = "") -> Shop:
    """Write a project whose manage.py lies in `root`, and migrate it."""
    write(
        root,
        {
            "manage.py": MANAGE.format(path=path),
            "config/__init__.py": "",
            "config/settings.py": dedent(SETTINGS.format(apps=apps)) + dedent(more),
            **files,
        },
    )
    shop = Shop(root)
    done = shop.manage("migrate", "-v0", "--run-syncdb")
    assert done.returncode == 0, done.stderr
    return shop
