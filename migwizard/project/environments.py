"""The environment of a project, where the tool that the project declares keeps it.

Nothing is guessed: a project that declares a tool and has no environment of it is refused with the command that makes one,
and so is one in which two tools have one each.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from migwizard.errors import UsageError

SECONDS = 30.0
"""How long a tool may take to say where its environment is."""
FOLDERS = (".venv", "venv")
PROGRAMS = ("bin/python", "Scripts/python.exe")
_VERSION = re.compile(r"\d|system|cpython|pypy|graalpy|ana|mini|mamba|jython|ironpython|stackless|micropython|pyston")
"""How the names begin that pyenv has for interpreters; environments are called as people like."""


@dataclass(frozen=True, slots=True)
class Found:
    """An interpreter, and why it was chosen."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A tool that a file of the project declares."""

    tool: str
    file: Path
    where: Callable[[Declared], Path | None]
    """Finds the interpreter of its environment."""
    cure: str
    """The command that makes the environment."""

    @property
    def folder(self) -> Path:
        return self.file.parent


def active_environment() -> Found | None:
    """The environment that is active in this shell; conda's base is nobody's project."""
    active, conda = os.environ.get("VIRTUAL_ENV"), os.environ.get("CONDA_PREFIX")
    if active and (path := python_in(Path(active))):
        return Found(path, f"the active virtual environment {active}")
    if conda and os.environ.get("CONDA_DEFAULT_ENV") != "base" and (path := _program(Path(conda))):
        return Found(path, f"the active conda environment {conda}")
    return None


def find_environment(root: Path) -> Found | None:
    """The environment of the project at `root`, or None where it declares none. Raises UsageError where it is not there."""
    folders = list(_folders(root))
    declared = [item for item in map(_first, _declarations(folders)) if item is not None]
    elsewhere = os.environ.get("UV_PROJECT_ENVIRONMENT")
    if not (elsewhere and any(item.tool == "uv" for item in declared)):
        for folder in folders:
            for name in FOLDERS:
                if path := python_in(folder / name):
                    return Found(path, f"the environment {name} of the project")
    found = [(item, path) for item in declared if (path := item.where(item)) is not None]
    if len({path for _, path in found}) > 1:
        shown = " and ".join(f"{item.tool} ({path})" for item, path in found)
        raise _refusal(
            f"Several tools have an environment for this project: {shown}.", "Name one of them: --python PATH."
        )
    for item, path in found:
        return Found(path, f"the environment that {item.tool} keeps for the project ({item.file.name})")
    for item in declared:
        raise _missing(item)
    return None


def python_in(folder: Path) -> Path | None:
    """The interpreter of a virtual environment; None where the folder is none."""
    return _program(folder) if (folder / "pyvenv.cfg").is_file() else None


def _program(folder: Path) -> Path | None:
    return next((folder / name for name in PROGRAMS if (folder / name).is_file()), None)


def _folders(root: Path) -> Iterator[Path]:
    """From the project up to the folder of its repository; without one the project's and the one above it."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root.parent)
    for folder in (root, *root.parents):
        yield folder
        if folder == top:
            return


def _declarations(folders: list[Path]) -> Iterator[Iterator[Declared]]:
    """What the folders declare, tool by tool, the nearest first."""
    for tool, files, table, where, cure in (
        ("uv", ("uv.lock",), "uv", _of_uv, "uv sync"),
        ("poetry", ("poetry.lock",), "poetry", _of_poetry, "poetry install"),
        ("pdm", ("pdm.lock", ".pdm-python"), "pdm", _of_pdm, "pdm install"),
        ("pipenv", ("Pipfile", "Pipfile.lock"), "", _of_pipenv, "pipenv install"),
    ):
        yield (
            Declared(tool, file, where, cure)
            for folder in folders
            for file in (*(folder / name for name in files), folder / "pyproject.toml")
            if file.is_file() and (file.name != "pyproject.toml" or table in _tools(file))
        )
    yield (
        Declared("conda", folder / name, _of_conda, f"conda env create -f {name}")
        for folder in folders
        for name in ("environment.yml", "environment.yaml")
        if (folder / name).is_file()
    )
    yield (
        Declared("pyenv", folder / ".python-version", _of_pyenv, f"pyenv virtualenv {name}")
        for folder in folders
        for name in _environment_names(folder / ".python-version")
    )


def _first(declared: Iterator[Declared]) -> Declared | None:
    return next(declared, None)


def _tools(file: Path) -> set[str]:
    """The tools that have a table in a pyproject.toml."""
    try:
        tools = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError):
        return set()
    return set(tools) if isinstance(tools, dict) else set()


def _of_uv(declared: Declared) -> Path | None:
    # A member of a workspace has the environment of the whole, which was looked for above it.
    elsewhere = os.environ.get("UV_PROJECT_ENVIRONMENT")
    return _program(declared.folder / elsewhere) if elsewhere else None


def _of_poetry(declared: Declared) -> Path | None:
    said = _said(declared, "poetry", "env", "info", "--executable")
    return Path(said) if said and Path(said).is_file() else None


def _of_pipenv(declared: Declared) -> Path | None:
    said = _said(declared, "pipenv", "--venv")
    return python_in(Path(said)) if said else None


def _of_pdm(declared: Declared) -> Path | None:
    """What `.pdm-python` names; an interpreter without an environment has its packages in `__pypackages__`."""
    try:
        named = Path((declared.folder / ".pdm-python").read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        return None
    inside = (named.parent.parent / "pyvenv.cfg").is_file() or not (declared.folder / "__pypackages__").is_dir()
    return named if named.is_file() and inside else None


def _of_conda(declared: Declared) -> Path | None:
    """The environment of the file's name: the active one, or the one that conda's own list has."""
    name = _conda_name(declared.file)
    known = [os.environ.get("CONDA_PREFIX", "")]
    with contextlib.suppress(OSError, UnicodeDecodeError, RuntimeError):
        known += (Path.home() / ".conda" / "environments.txt").read_text(encoding="utf-8").splitlines()
    return next((path for each in known if each and Path(each).name == name and (path := _program(Path(each)))), None)


def _conda_name(file: Path) -> str:
    found = re.search(r"^name:\s*['\"]?([^\s'\"#]+)", file.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return found[1] if found else ""


def _of_pyenv(declared: Declared) -> Path | None:
    return next(
        (
            path
            for name in _environment_names(declared.file)
            if (path := python_in(_pyenv() / "versions" / name)) is not None
        ),
        None,
    )


def _pyenv() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


def _environment_names(file: Path) -> list[str]:
    """The lines of a `.python-version` that name an environment, and no version of Python."""
    try:
        lines = file.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        return []
    return [name for name in lines if python_in(_pyenv() / "versions" / name) or not _VERSION.match(name)]


def _said(declared: Declared, *command: str) -> str:
    """The last line of what a tool answers in the folder of its file; empty where it has none. Raises UsageError without it."""
    program = shutil.which(command[0])
    if program is None:
        raise _refusal(
            f"This project is kept by {declared.tool} ({declared.file}), which keeps environments in a folder of its own and "
            "is not installed here to say where.",
            f"Name the environment: --python PATH. Where {declared.tool} is installed, `{' '.join(command)}` prints it.",
        )
    try:
        done = subprocess.run(
            [program, *command[1:]],
            cwd=declared.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = done.stdout.split("\n") if done.returncode == 0 else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _missing(declared: Declared) -> UsageError:
    return _refusal(
        f"This project is kept by {declared.tool} ({declared.file}), and has no environment of it yet.",
        f"Make it: {declared.cure} in {declared.folder}, then start again.",
        "Or name the Python that runs the project: --python PATH.",
    )


def _refusal(sentence: str, *cures: str) -> UsageError:
    return UsageError(f"{sentence} Nothing was changed.", code="no-environment", cures=cures)
