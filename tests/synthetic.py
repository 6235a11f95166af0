"""Projects of any size, written by rule: for measurements, and for screens that must stay quick with 1,500 models."""

from __future__ import annotations

import subprocess
import sys
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

MODEL = """\


class Model{number}(models.Model):
    name = models.CharField(max_length=100)
    amount = models.IntegerField(default=0, db_index=True)
    created = models.DateTimeField(auto_now_add=True)
{relations}"""

RELATION = '    {field} = models.ForeignKey("{target}", models.CASCADE, null=True, related_name="+")\n'


def write_project(root: Path, apps: int, models: int, python: str = sys.executable) -> Path:
    """Write a project with so many apps and models and its first migrations; returns `root`.

    Model n points at the one before it, and the first model of every other app at the last one of the next app, so that
    half of the apps are in a cycle with their neighbour.
    """
    each = models // apps
    root.mkdir(parents=True)
    (root / "manage.py").write_text(MANAGE)
    (root / "settings.py").write_text(SETTINGS.format(apps=[f"app{number}" for number in range(apps)]))
    for app in range(apps):
        folder = root / f"app{app}"
        (folder / "migrations").mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "migrations" / "__init__.py").touch()
        text = "from django.db import models\n"
        for number in range(each):
            relations = RELATION.format(field="before", target=f"app{app}.Model{number - 1}") if number else ""
            if number == each - 1 and app:
                relations += RELATION.format(field="elsewhere", target=f"app{app - 1}.Model0")
            if number == 0 and app % 2 == 0 and app + 1 < apps:
                relations += RELATION.format(field="ahead", target=f"app{app + 1}.Model{each - 1}")
            text += MODEL.format(number=number, relations=relations)
        (folder / "models.py").write_text(text)
    subprocess.run([python, "manage.py", "makemigrations", "-v0"], cwd=root, check=True)
    return root
