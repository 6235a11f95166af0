"""How a project runs its own tests: with pytest where it is configured and installed, else with `manage.py test`."""

from __future__ import annotations

import configparser
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from migwizard.project.discovery import Project

NO_MIGRATIONS = ("--nomigrations", "--no-migrations")


@dataclass(frozen=True, slots=True)
class OwnTests:
    """The command, and where it is started."""

    command: tuple[str, ...]
    folder: Path
    blind: str = ""
    """Why they say nothing about migrations; empty where they may."""

    @property
    def words(self) -> str:
        """The command as a person types it."""
        return shlex.join(("python", *self.command[1:]))


def find_tests(project: Project) -> OwnTests:
    """The tests of a project; configuration of pytest counts from the project's folder up to that of its repository."""
    python, root = str(project.interpreter.path), project.root.resolve()
    for folder in (root, *root.parents):
        options = _pytest_options(folder)
        if options is not None and _has_pytest(python):
            flag = next((flag for flag in NO_MIGRATIONS if flag in options.split()), "")
            blind = f"they build their database without migrations ({flag})" if flag else ""
            return OwnTests((python, "-m", "pytest", "-q", "-p", "no:cacheprovider"), folder, blind)
        if (folder / ".git").exists():
            break
    if project.manage is None:
        return OwnTests((python, "-m", "django", "test", "--noinput"), root)
    return OwnTests((python, project.manage.name, "test", "--noinput"), root)


def _has_pytest(python: str) -> bool:
    try:
        found = subprocess.run(
            [python, "-c", "import importlib.util as u; raise SystemExit(u.find_spec('pytest') is None)"],
            capture_output=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return found.returncode == 0


def _pytest_options(folder: Path) -> str | None:
    """`addopts` of the folder's configuration of pytest; None where it has none."""
    return next(_each_options(folder), None)


def _each_options(folder: Path) -> Iterator[str]:
    for name, section in (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read(folder / name, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        if parser.has_section(section):
            yield parser.get(section, "addopts", fallback="")
    try:
        pytest = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    options = pytest.get("addopts", "") if isinstance(pytest, dict) else ""
    yield options if isinstance(options, str) else " ".join(map(str, options))
