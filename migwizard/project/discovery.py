"""Find the project and the interpreter that runs it; every choice comes with its reason."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from migwizard.config import Config, read_config
from migwizard.errors import UsageError
from migwizard.project.environments import active_environment, find_environment, python_in


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python executable and why it was chosen."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Project:
    """Where a Django project lies and how it is started."""

    root: Path
    manage: Path | None
    settings: str | None
    interpreter: Interpreter
    config: Config


def find_project(directory: Path | None, *, python: str | None = None, settings: str | None = None) -> Project:
    """The project at `directory` (default: the working directory). Raises UsageError where there is none, or several."""
    start = (directory or Path.cwd()).resolve()
    if not start.is_dir():
        raise UsageError(f"There is no folder {start}.", code="no-project")
    manage = _find_manage(start, upwards=directory is None)
    if manage is None and not settings:
        raise UsageError(
            f"No Django project here: there is no manage.py in {start}, above it or just below it.",
            code="no-project",
            details={"start": str(start)},
            cures=("Go to the folder of your manage.py, or name it with -C.",),
        )
    root = manage.parent if manage else start
    config = read_config(root)
    return Project(root, manage, settings or config.settings, find_interpreter(root, config, python), config)


def _find_manage(start: Path, *, upwards: bool) -> Path | None:
    for folder in (start, *start.parents) if upwards else (start,):
        if (folder / "manage.py").is_file():
            return folder / "manage.py"
    below = sorted(path for path in start.glob("*/manage.py") if not path.parent.name.startswith("."))
    if len(below) > 1:
        names = ", ".join(f"{path.parent.name}/" for path in below)
        raise UsageError(
            f"Which project? There are several manage.py below {start}: {names}.",
            code="several-projects",
            details={"folders": [str(path.parent) for path in below], "start": str(start)},
            cures=("Name the folder of one of them with -C.",),
        )
    return below[0] if below else None


def find_interpreter(root: Path, config: Config, python: str | None) -> Interpreter:
    """--python, then [tool.migwizard], then the active environment, then that of the project, then our own."""
    if python:
        return Interpreter(_executable(Path(python), "--python"), "named with --python")
    if config.python and config.file:
        path = config.file.parent / config.python
        return Interpreter(_executable(path, f"python in {config.file}"), f"named in {config.file.name}")
    if found := active_environment() or find_environment(root):
        return Interpreter(found.path, found.reason)
    return Interpreter(Path(sys.executable), "migwizard's own interpreter, since the project has no environment")


def _executable(path: Path, source: str) -> Path:
    # Not resolved: an environment is known by the path of its link.
    path = path if path.is_absolute() else Path.cwd() / path
    if path.is_dir() and (found := python_in(path)):
        return found
    if not path.is_file() or not os.access(path, os.X_OK):
        raise UsageError(f"{source} names {path}, which is no program.", code="interpreter")
    return path
