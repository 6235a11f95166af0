"""A tiny project, written and broken on purpose by each test, and the command line as a person meets it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from migwizard.cli import main
from migwizard.config import Config
from migwizard.project.discovery import Interpreter, Project

MANAGE = """
    import os
    import sys

    if __name__ == "__main__":
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    """

SETTINGS = """
    from pathlib import Path

    BASE_DIR = Path(__file__).resolve().parent.parent
    SECRET_KEY = "tiny"
    USE_TZ = True
    DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
    INSTALLED_APPS = ["django.contrib.contenttypes", "stock.apps.StockConfig", "sales"]
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
    """

STOCK_APPS = """
    from django.apps import AppConfig


    class StockConfig(AppConfig):
        name = "stock"
    """

STOCK_MODELS = """
    from django.db import models


    class Item(models.Model):
        name = models.CharField(max_length=20)
    """

SALES_MODELS = """
    from django.db import models


    class Order(models.Model):
        item = models.ForeignKey("stock.Item", models.CASCADE)
    """

STOCK_INITIAL = """
    from django.db import migrations, models


    class Migration(migrations.Migration):
        initial = True
        dependencies = []
        operations = [
            migrations.CreateModel(
                "Item",
                [
                    ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("name", models.CharField(max_length=10)),
                ],
            ),
        ]
    """

STOCK_NAME = """
    from django.db import migrations, models


    class Migration(migrations.Migration):
        dependencies = [("stock", "0001_initial")]
        operations = [migrations.AlterField("item", "name", models.CharField(max_length=20))]
    """

STOCK_SEED = """
    from django.db import migrations


    def first_item(apps, schema_editor):
        apps.get_model("stock", "Item").objects.create(name="hammer")


    class Migration(migrations.Migration):
        dependencies = [("stock", "0002_name")]
        operations = [migrations.RunPython(first_item, migrations.RunPython.noop)]
    """

SALES_INITIAL = """
    import django.db.models.deletion
    from django.db import migrations, models


    class Migration(migrations.Migration):
        initial = True
        dependencies = [("stock", "0001_initial")]
        operations = [
            migrations.CreateModel(
                "Order",
                [
                    ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("item", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="stock.item")),
                ],
            ),
        ]
    """

SEED = "stock/migrations/0003_seed.py"

FILES: dict[str, str] = {
    "manage.py": MANAGE,
    "config/__init__.py": "",
    "config/settings.py": SETTINGS,
    "stock/__init__.py": "",
    "stock/apps.py": STOCK_APPS,
    "stock/models.py": STOCK_MODELS,
    "stock/migrations/__init__.py": "",
    "stock/migrations/0001_initial.py": STOCK_INITIAL,
    "stock/migrations/0002_name.py": STOCK_NAME,
    SEED: STOCK_SEED,
    "sales/__init__.py": "",
    "sales/models.py": SALES_MODELS,
    "sales/migrations/__init__.py": "",
    "sales/migrations/0001_initial.py": SALES_INITIAL,
}


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write files below `root`; texts may be indented as in a test."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")


def manage(root: Path, *arguments: str) -> str:
    """Run the project's own manage.py; returns what it printed."""
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def project_at(root: Path, *, python: str = sys.executable, settings: str | None = None) -> Project:
    """The project as the command line would find it, run by this interpreter."""
    root = root.resolve()
    return Project(root, root / "manage.py", settings, Interpreter(Path(python), "the test says so"), Config())


def snapshot(root: Path) -> dict[str, str]:
    """Every file, link and folder below `root` with a hash of its bytes; what migwizard keeps for itself is left out."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.split("/")[0] == ".migwizard":
            continue
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            found[name] = "folder"
    return found


@dataclass(frozen=True, slots=True)
class Ended:
    """How one command ended."""

    exit: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The lines of stdout, each of which must be one JSON object."""
        return [dict(json.loads(line)) for line in self.out.splitlines()]


class Shell:
    """Runs the command line on one project, in this process."""

    def __init__(self, root: Path, captured: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._captured = captured

    def __call__(self, *arguments: str, python: str = sys.executable) -> Ended:
        """Run one command on the project."""
        self._captured.readouterr()
        code = main([*arguments, "-C", str(self.root), "--python", python])
        caught = self._captured.readouterr()
        return Ended(code, caught.out, caught.err)

    def captured_error(self) -> str:
        """What was said on stderr since the last command."""
        return self._captured.readouterr().err

    def refused(self, *arguments: str, exit: int, says: str | tuple[str, ...], python: str = sys.executable) -> Ended:
        """Run a command that must be refused with `exit` and a sentence that holds `says`, and change nothing."""
        before = snapshot(self.root)
        folder = self.root / ".migwizard"
        existed = folder.exists()
        ended = self(*arguments, python=python)
        assert ended.exit == exit, ended.err
        sentences = " ".join(ended.err.split())
        for piece in (says,) if isinstance(says, str) else says:
            assert piece in sentences, f"{piece!r} is not in: {ended.err}"
        assert "Traceback" not in ended.err
        assert snapshot(self.root) == before
        assert folder.exists() == existed
        return ended
