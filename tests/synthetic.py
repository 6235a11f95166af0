"""Projects of any size, written by rule: for measurements, and for screens that must stay quick with 1,500 models."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SETTINGS = """\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = "not secret"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = {apps}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}}}
"""

MANAGE = """\
#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""

PLAIN = {
    "name": "models.CharField(max_length=100)",
    "amount": "models.IntegerField(default=0, db_index=True)",
    "created": "models.DateTimeField(auto_now_add=True)",
}


@dataclass(slots=True)
class Written:
    """A model as it stands in models.py: definitions of fields by name, and options of its Meta as they are written."""

    fields: dict[str, str]
    meta: dict[str, str] = field(default_factory=dict)

    def to_text(self, name: str) -> str:
        lines = [f"class {name}(models.Model):", *(f"    {key} = {value}" for key, value in self.fields.items())]
        if self.meta:
            lines += ["", "    class Meta:", *(f"        {key} = {value}" for key, value in self.meta.items())]
        return "\n".join(lines)


Apps = dict[str, dict[str, Written]]
"""The models of each app by name."""


def foreign_key(target: str) -> str:
    """The definition of a relation that may be empty."""
    return f'models.ForeignKey("{target}", models.CASCADE, null=True, related_name="+")'


def project_of(apps: int, models: int) -> Apps:
    """So many apps and models.

    Model n points at the one before it. The first model of every other app points at the last one of the next app, and that
    one back, so that they are in a cycle; and to an app of half its number, so that levels are as few as in real projects.
    """
    each = models // apps
    found: Apps = {}
    for app in range(apps):
        found[f"app{app}"] = here = {}
        for number in range(each):
            here[f"Model{number}"] = model = Written(dict(PLAIN))
            if number:
                model.fields["before"] = foreign_key(f"app{app}.Model{number - 1}")
            if number == each - 1 and app:
                other = app - 1 if app % 2 else app // 2
                model.fields["elsewhere"] = foreign_key(f"app{other}.Model0")
            if number == 0 and app % 2 == 0 and app + 1 < apps:
                model.fields["ahead"] = foreign_key(f"app{app + 1}.Model{each - 1}")
    return found


def write_project(root: Path, apps: int, models: int, python: str = sys.executable) -> Path:
    """Write a project with so many apps and models and its first migrations; returns `root`."""
    found = project_of(apps, models)
    write_frame(root, found)
    write_models(root, found)
    makemigrations(root, python)
    return root


def write_frame(root: Path, apps: Mapping[str, object]) -> None:
    """Everything of a project but its models."""
    root.mkdir(parents=True)
    (root / "manage.py").write_text(MANAGE)
    (root / "settings.py").write_text(SETTINGS.format(apps=list(apps)))
    for app in apps:
        (root / app / "migrations").mkdir(parents=True)
        (root / app / "__init__.py").touch()
        (root / app / "migrations" / "__init__.py").touch()


def write_models(root: Path, apps: Apps) -> None:
    for app, models in apps.items():
        texts = ["from django.db import models", *(model.to_text(name) for name, model in models.items())]
        (root / app / "models.py").write_text("\n\n\n".join(texts) + "\n")


def makemigrations(root: Path, python: str = sys.executable) -> None:
    subprocess.run([python, "manage.py", "makemigrations", "-v0", "--no-input"], cwd=root, check=True)
