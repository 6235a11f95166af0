"""The projects that `make realworld` and `make bench` run on: the demo, and public products as project-owned source.

A subject is a folder with manage.py, a virtual environment .venv and SUBJECT.json ({"name", "settings", "engine"}).
It is taken from the folder that the variable MIGWIZARD_SUBJECTS names, else built once from the package index into
build/subjects. Nobody works on a subject itself: each run takes a fresh copy.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
DEMO = "demo"

_MANAGE = """\
#!/usr/bin/env python
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = {environment!r}
sys.path[:0] = [str(HERE / name) for name in {paths!r}]

if __name__ == "__main__":
    for key, value in ENVIRONMENT.items():
        os.environ.setdefault(key, value.replace("HERE", str(HERE)))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""

_PLAIN = """\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = "not secret"
DEBUG = True
USE_TZ = True
SITE_ID = 1
STATIC_URL = "/static/"
MEDIA_ROOT = BASE_DIR / "media"
ROOT_URLCONF = "subject_urls"
# What the product's own files were made with; another one would show up as drift.
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
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

_OSCAR = """
from oscar import INSTALLED_APPS
from oscar.defaults import *

DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
"""

_WAGTAIL = """
WAGTAIL_SITE_NAME = "subject"
WAGTAILADMIN_BASE_URL = "http://localhost"
_CONTRIB = ["admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "sites", "flatpages"]
_OWN = ["contrib.forms", "contrib.redirects", "contrib.search_promotions", "embeds", "sites", "users", "snippets"]
_OWN += ["documents", "images", "search", "admin", "locales"]
INSTALLED_APPS = [
    *(f"django.contrib.{name}" for name in _CONTRIB),
    *(f"wagtail.{name}" for name in _OWN),
    "wagtail",
    "modelcluster",
    "taggit",
]
"""


_PRETIX = """
import os
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# The settings for tests want the name of a job of a build server, and then take the database of theirs.
os.environ.setdefault("GITHUB_WORKFLOW", "subject")
os.environ.setdefault("DATA_DIR", str(_HERE / "data"))
Path(os.environ["DATA_DIR"]).mkdir(exist_ok=True)

from pretix.testutils.settings import *

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": _HERE / "db.sqlite3"}}
"""

_MISAGO = """
import os

from devproject.settings import *

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "migwizard_misago",
        "USER": os.environ.get("PGUSER", "postgres"),
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
        "HOST": os.environ.get("PGHOST", "127.0.0.1"),
        "PORT": os.environ.get("PGPORT", "5432"),
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
"""

_LABEL_STUDIO = {
    "DJANGO_DB": "sqlite",
    "DATABASE_NAME": "HERE/db.sqlite3",
    "LABEL_STUDIO_BASE_DATA_DIR": "HERE/data",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "COLLECT_ANALYTICS": "False",
    "LATEST_VERSION_CHECK": "False",
}


class SubjectError(Exception):
    """A subject is not there and could not be built, or a command on it failed."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a product of the package index becomes a project of its own."""

    requirements: tuple[str, ...]
    packages: tuple[str, ...]
    """Moved out of site-packages, so that their apps are the project's."""
    settings: str = ""
    """Text of subject_settings.py; without it the product's own module serves, which `module` names."""
    module: str = "subject_settings"
    environment: Mapping[str, str] = field(default_factory=dict)
    """What manage.py sets; HERE is its folder."""
    paths: tuple[str, ...] = ()
    """Folders beside manage.py from which the product imports its apps."""
    engine: str = "sqlite"


RECIPES = {
    "oscar": Recipe(("django-oscar==4.2.1", "Django==5.2.*"), ("oscar",), _PLAIN + _OSCAR),
    "wagtail": Recipe(("wagtail==8.0.1", "Django==5.2.*"), ("wagtail",), _PLAIN + _WAGTAIL),
    "label-studio": Recipe(
        ("label-studio==1.23.2",),
        ("label_studio",),
        module="core.settings.label_studio",
        environment=_LABEL_STUDIO,
        paths=("label_studio",),
    ),
    "pretix": Recipe(("pretix==2026.8.0",), ("pretix",), _PRETIX),
    "misago": Recipe(("misago==0.39.6", "psycopg2-binary"), ("misago", "devproject"), _MISAGO, engine="postgresql"),
}


@dataclass(frozen=True, slots=True)
class Copy:
    """A fresh copy of a subject, to work on."""

    name: str
    root: Path
    """The folder of manage.py."""
    python: Path

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a management command. Raises SubjectError where it fails and `check` is set."""
        return run([self.python, "manage.py", *arguments], self.root, check=check)

    def migwizard(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run migwizard in the copy. Raises SubjectError where it fails and `check` is set."""
        return run(self.migwizard_command(*arguments), self.root, check=check)

    def migwizard_command(self, *arguments: str) -> list[str | Path]:
        """The command line of migwizard for this copy: our own interpreter, and the copy's named."""
        return [sys.executable, "-m", "migwizard", *arguments, "--python", self.python]

    @property
    def database(self) -> Path:
        """The one SQLite file beside manage.py, once migrate has made it."""
        found = sorted(self.root.glob("*.sqlite3"))
        if len(found) != 1:
            raise SubjectError(f"{self.name}: expected one SQLite file in {self.root}, found {len(found)}.")
        return found[0]


def run(
    command: Sequence[str | Path], folder: Path, *, check: bool = True, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a program and keep what it says. Raises SubjectError where it fails and `check` is set."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        said = (done.stdout[-1500:] + done.stderr[-1500:]).strip()
        raise SubjectError(f"{' '.join(map(str, command))} ended with {done.returncode} in {folder}:\n{said}")
    return done


def environment(**more: str) -> dict[str, str]:
    """Ours without an active virtual environment, and with migwizard's second backup below build/."""
    kept = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE")}
    return kept | {"XDG_STATE_HOME": str(BUILD / "state"), "PYTHONDONTWRITEBYTECODE": "1"} | more


def names() -> list[str]:
    """All subjects: the demo, those with a recipe, and prepared projects of MIGWIZARD_SUBJECTS."""
    folder = _prepared()
    found = sorted(path.parent.name for path in folder.glob("*/SUBJECT.json")) if folder else []
    return list(dict.fromkeys([DEMO, *RECIPES, *found]))


def present(name: str) -> bool:
    """Whether a subject is there without anything being fetched."""
    return name == DEMO or any((folder / name / "SUBJECT.json").is_file() for folder in _folders())


def fresh(name: str, parent: Path, python: Path | None = None) -> Copy:
    """A new copy of a subject below `parent`, run by `python` or its own; what was there is removed.

    Raises SubjectError where the subject cannot be built.
    """
    target = parent / name
    shutil.rmtree(target, ignore_errors=True)
    parent.mkdir(parents=True, exist_ok=True)
    if name == DEMO:
        run([sys.executable, "-m", "migwizard", "demo", target], ROOT)
        return Copy(name, target / "shop", python or Path(sys.executable))
    source = next((folder / name for folder in _folders() if (folder / name / "SUBJECT.json").is_file()), None)
    source = source or build(name, BUILD / "subjects" / name)
    skipped = shutil.ignore_patterns(".venv", "__pycache__", "*.sqlite3", ".migwizard")
    shutil.copytree(source, target, symlinks=True, ignore=skipped)
    # The environment is only read, and large; an environment is known by its path, so that a link serves.
    (target / ".venv").symlink_to(source / ".venv", target_is_directory=True)
    return Copy(name, target, python or target / ".venv" / "bin" / "python")


def build(name: str, target: Path) -> Path:
    """Build a subject from the package index into `target`; complete or not there at all. Raises SubjectError."""
    recipe = RECIPES.get(name)
    if recipe is None:
        raise SubjectError(f"There is no subject {name!r}; known are {', '.join(names())}.")
    print(f"{name}: building {target} from the package index (once)", file=sys.stderr, flush=True)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    python = target / ".venv" / "bin" / "python"
    run([sys.executable, "-m", "venv", target / ".venv"], target)
    run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *recipe.requirements], target)
    site = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], target).stdout.strip()
    for package in recipe.packages:
        shutil.move(Path(site) / package, target / package)
    settings = {"DJANGO_SETTINGS_MODULE": recipe.module}
    manage = _MANAGE.format(environment=settings | dict(recipe.environment), paths=recipe.paths)
    (target / "manage.py").write_text(manage, encoding="utf-8")
    if recipe.settings:
        (target / "subject_settings.py").write_text(recipe.settings, encoding="utf-8")
        (target / "subject_urls.py").write_text("urlpatterns = []\n", encoding="utf-8")
    facts = {"name": name, "settings": recipe.module, "engine": recipe.engine, "from": recipe.requirements[0]}
    # Written last: a subject without it is taken for one whose building was interrupted.
    (target / "SUBJECT.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")
    return target


def _prepared() -> Path | None:
    named = os.environ.get("MIGWIZARD_SUBJECTS")
    return Path(named).resolve() if named else None


def _folders() -> list[Path]:
    return [folder for folder in (_prepared(), BUILD / "subjects") if folder]
