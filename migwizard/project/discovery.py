"""Find the project and the interpreter that runs it; every choice comes with its reason."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from migwizard.config import Config, read_config
from migwizard.errors import UsageError
from migwizard.project.envfiles import read_env_files
from migwizard.project.environments import active_environment, find_environment, python_in
from migwizard.project.hiding import hidden, secret_variables, without_secrets
from migwizard.project.places import Places, find_places
from migwizard.project.via import shown, split_via, variables

OWN = "migwizard's own interpreter, since the project has no environment"
"""The reason where nothing else was found."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python executable and why it was chosen."""

    path: Path | None
    """None where it is elsewhere."""
    reason: str
    via: tuple[str, ...] = ()
    """The command that runs it there."""
    root: str = ""
    """The project's folder there; empty for the one in which the command starts."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that start it; arguments follow."""
        return self.via or (str(self.path),)

    @property
    def named(self) -> str:
        """How it is called in a message, and in what is stored."""
        return shown(self.via) if self.via else str(self.path)


@dataclass(frozen=True, slots=True)
class Project:
    """Where a Django project lies and how it is started."""

    root: Path
    manage: Path | None
    settings: str | None
    interpreter: Interpreter
    config: Config
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Variables for the project's own process, and for nothing else: they may be secrets."""
    env_files: tuple[Path, ...] = ()
    """The files that they come from."""
    scratch: Places | None = None
    """Where scratch databases are made; None for the server of the default database, as its user."""

    secrets: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """What the settings keep secret, by where it stands there; known when they are loaded, and kept nowhere else."""

    def hide(self, text: str) -> str:
        """A text without the values of these variables, without the passwords of places for scratch databases, without
        secrets of the settings and of the environment, and without what looks like a password.
        """
        said = hidden(text, {**self.environ, **(self.scratch.secrets if self.scratch else {})})
        environ = {**os.environ, **variables(self.interpreter.via)}
        return without_secrets(said, {**secret_variables(environ), **self.secrets})


def find_project(
    directory: Path | None,
    *,
    python: str | None = None,
    settings: str | None = None,
    via: str | None = None,
    via_root: str | None = None,
    env_files: Sequence[str] = (),
    scratch: Sequence[str] = (),
) -> Project:
    """The project at `directory` (default: the working directory). Raises UsageError where there is none, or several."""
    start = (directory or Path.cwd()).resolve()
    _refuse_no_text(start)
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
    interpreter = find_interpreter(root, config, python, via=via, via_root=via_root)
    configured = [config.file.parent / name for name in config.env_files] if config.file else []
    files = (*configured, *(Path(name).absolute() for name in env_files))
    return Project(
        root,
        manage,
        settings or config.settings,
        interpreter,
        config,
        read_env_files(files),
        files,
        find_places(scratch, config),
    )


def _refuse_no_text(folder: Path) -> None:
    """Raise UsageError where the path cannot be read in the encoding of this start: all that stores it would fail later."""
    try:
        str(folder).encode()
    except UnicodeEncodeError as error:
        named = os.fsencode(folder).decode("utf-8", "backslashreplace")
        locale = sys.getfilesystemencoding()
        raise UsageError(
            f"The path {named} is no text in the encoding of this start, {locale}. Nothing was changed.",
            code="environment",
            cures=("Rename the folder.",)
            if locale == "utf-8"
            else ("Start it with PYTHONUTF8=1, or with a locale of UTF-8, such as LC_ALL=C.UTF-8.",),
        ) from error


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


def find_interpreter(
    root: Path, config: Config, python: str | None, *, via: str | None = None, via_root: str | None = None
) -> Interpreter:
    """What was named, the command line before the configuration; else the active environment, that of the project, our own.

    Raises UsageError where that is no interpreter, or where the project's environment is missing.
    """
    if python and via:
        raise UsageError("--python and --via both say what runs the project; give one of them.", code="via")
    if python:
        return Interpreter(_executable(Path(python), "--python"), "named with --python")
    if via:
        return _elsewhere(via, "--via", "named with --via", via_root or config.via_root)
    if config.via and config.file:
        source = f"via in [tool.migwizard] of {config.file}"
        return _elsewhere(config.via, source, f"named in {config.file.name}", via_root or config.via_root)
    if via_root:
        raise UsageError("--via-root says where --via finds the project, and there is no --via.", code="via")
    if config.python and config.file:
        path = config.file.parent / config.python
        return Interpreter(_executable(path, f"python in {config.file}"), f"named in {config.file.name}")
    if found := active_environment() or find_environment(root):
        return Interpreter(found.path, found.reason)
    return Interpreter(Path(sys.executable), OWN)


def _elsewhere(command: str, source: str, reason: str, root: str | None) -> Interpreter:
    return Interpreter(None, reason, split_via(command, source), root or "")


def _executable(path: Path, source: str) -> Path:
    # Not resolved: an environment is known by the path of its link.
    path = path if path.is_absolute() else Path.cwd() / path
    if path.is_dir() and (found := python_in(path)):
        return found
    if not path.is_file() or not os.access(path, os.X_OK):
        raise UsageError(f"{source} names {path}, which is no program.", code="interpreter")
    return path
