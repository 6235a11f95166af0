"""A small project from one text: files one after the other, each below a line "== path".

What every file of its kind has is added: a migration is its class body, or a whole module; models.py has its import;
every package has its __init__.py. A folder with models or migrations is an app. `packages/` holds third parties: it
lies in site-packages and on the module path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent, indent

from tests.synthetic import MANAGE

PACKAGES = "site-packages"

SETTINGS = """\
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
sys.path.append(str(BASE_DIR / "site-packages"))
SECRET_KEY = "trap"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
"""

ADMIN = """\
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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
"""What the checks of the admin ask of settings."""

_MODELS = "from django.db import models\n\n\n"
_ID = 'ID = ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))\n'
_MIGRATION = "from django.db import migrations, models\n\n{id}\n\nclass Migration(migrations.Migration):\n"


def files_of(text: str) -> dict[str, str]:
    """The files of a text by path, as they are written."""
    found: dict[str, str] = {}
    for part in dedent(text).lstrip("\n").split("\n== ") if text.strip() else ():
        path, _, body = part.removeprefix("== ").partition("\n")
        found[path.strip()] = _whole(path.strip(), body.strip("\n") + "\n")
    return found


def _whole(path: str, body: str) -> str:
    if path.endswith("models.py") and "import" not in body:
        return _MODELS + body
    if "/migrations/0" in path and path.endswith(".py") and "import" not in body:
        return _MIGRATION.format(id=_ID if "ID" in body else "") + indent(body, "    ")
    return body


def apps_of(files: Iterable[str]) -> list[str]:
    """Dotted names of the packages with models or migrations, in their order; third parties first."""
    found: dict[str, None] = {}
    for path in files:
        folder, _, name = path.partition("/migrations/") if "/migrations/" in path else path.rpartition("/")
        if "/migrations/" in path or name in ("models.py", "apps.py"):
            found[folder.removeprefix(f"{PACKAGES}/").replace("/", ".")] = None
    third = {path.split("/")[1] for path in files if path.startswith(f"{PACKAGES}/")}
    return sorted(found, key=lambda name: name.partition(".")[0] not in third)


def write_project(root: Path, files: Mapping[str, str | bytes], apps: Iterable[str] = (), settings: str = "") -> Path:
    """Write manage.py, settings.py and `files` below `root`; returns `root`."""
    installed = list(dict.fromkeys((*apps, *apps_of(files))))
    whole: dict[str, str | bytes] = {
        "manage.py": MANAGE,
        "settings.py": f"{SETTINGS}INSTALLED_APPS = {installed!r}\n{settings}",
        **files,
    }
    for path, content in whole.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    for path in whole:
        if path.endswith(".py"):
            for folder in (root / path).relative_to(root).parents:
                if str(folder) not in (".", PACKAGES):
                    (root / folder / "__init__.py").touch()
    return root
