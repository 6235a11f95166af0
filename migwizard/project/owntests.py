"""How a project runs its own tests: with pytest where it is configured and installed, else with `manage.py test`."""

from __future__ import annotations

import configparser
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from migwizard.project.discovery import Project
from migwizard.project.via import shown

NO_MIGRATIONS = ("--nomigrations", "--no-migrations")
CARRIED = (
    "import sys; sys.path[:] = filter(None, sys.path); import json, os; os.environ.update(json.loads(sys.stdin.readline())); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)


@dataclass(frozen=True, slots=True)
class OwnTests:
    """The command, and where it is started."""

    python: tuple[str, ...]
    """The words that start the project's Python."""
    arguments: tuple[str, ...]
    folder: Path
    blind: str = ""
    """Why they say nothing about migrations; empty where they may."""
    elsewhere: bool = False
    """Whether that Python is on another machine, so that it inherits no variables."""

    @property
    def command(self) -> tuple[str, ...]:
        """Everything that is started. Elsewhere it reads its variables first, as one line of JSON from standard input."""
        return (*self.python, *(("-c", CARRIED) if self.elsewhere else ()), *self.arguments)

    @property
    def words(self) -> str:
        """The command as a person types it."""
        return f"{shown(self.python) if self.elsewhere else 'python'} {shlex.join(self.arguments)}"


def find_tests(project: Project) -> OwnTests:
    """The tests of a project; configuration of pytest counts from the project's folder up to that of its repository."""
    python, root = project.interpreter.words, project.root.resolve()
    elsewhere = bool(project.interpreter.via)
    for folder in (root, *root.parents):
        options = _pytest_options(folder)
        if options is not None and _has_pytest(python):
            flag = next((flag for flag in NO_MIGRATIONS if flag in options.split()), "")
            blind = f"they build their database without migrations ({flag})" if flag else ""
            return OwnTests(python, ("-m", "pytest", "-q", "-p", "no:cacheprovider"), folder, blind, elsewhere)
        if (folder / ".git").exists():
            break
    if project.manage is None:
        return OwnTests(python, ("-m", "django", "test", "--noinput"), root, elsewhere=elsewhere)
    manage = PurePosixPath(project.interpreter.root, project.manage.name)
    return OwnTests(python, (str(manage), "test", "--noinput"), root, elsewhere=elsewhere)


def _has_pytest(python: tuple[str, ...]) -> bool:
    try:
        found = subprocess.run(
            [*python, "-c", "import importlib.util as u; raise SystemExit(u.find_spec('pytest') is None)"],
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
