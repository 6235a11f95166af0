"""The formatter that a project uses for its own files, run over texts as if they lay where they will.

Its configuration says for which folders it is used (many leave migrations out) and how; so the texts are put into a copy of
the project's tree that holds nothing but them and the configuration, and the formatter walks it as it would the project.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from migwizard.project.discovery import Project

SECONDS = 120.0
"""A formatter that needs longer is given up."""
CONFIGS = ("pyproject.toml", "ruff.toml", ".ruff.toml")
ARGUMENTS = {"black": ("--quiet", "."), "ruff": ("format", "--quiet", "--no-cache", ".")}


class FormatterError(Exception):
    """The formatter is not there, or failed; the texts are as they were. Says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Formatter:
    """A program, and where it is to be started."""

    name: str
    program: Path
    top: Path
    """The repository, or the project where there is none: no configuration above it counts."""
    start: Path
    """The folder whose configuration names it, or else the project's."""


def find_formatter(project: Project) -> Formatter | None:
    """The formatter that the project configures, or black in its environment, as makemigrations itself would take.

    None where it has none. Raises FormatterError where one is configured whose program is nowhere.
    """
    root = project.root.resolve()
    top = _top(root)
    interpreter = project.interpreter.path
    for folder in _between(top, root):
        if (name := _named(folder)) is None:
            continue
        elsewhere = shutil.which(name)
        found = _beside(name, interpreter) or (Path(elsewhere) if elsewhere else None)
        if found is None:
            raise FormatterError(f"{folder.name} is configured for {name}, which is not installed")
        return Formatter(name, found, top, folder)
    beside = _beside("black", interpreter)
    return Formatter("black", beside, top, root) if beside else None


def format_texts(formatter: Formatter, texts: Mapping[Path, str]) -> dict[Path, str]:
    """The formatted texts, by the path at which each will lie, which must be below `formatter.top`.

    Raises FormatterError where the program fails or is too slow.
    """
    with tempfile.TemporaryDirectory(prefix="migwizard-format-") as name:
        copy = Path(name)
        for config in _configs(formatter.top, texts):
            _put(copy / config.relative_to(formatter.top), config.read_bytes())
        for path, text in texts.items():
            _put(copy / path.relative_to(formatter.top), text.encode())
        _run(formatter, copy / formatter.start.relative_to(formatter.top))
        return {path: (copy / path.relative_to(formatter.top)).read_text(encoding="utf-8") for path in texts}


def _run(formatter: Formatter, folder: Path) -> None:
    command = [str(formatter.program), *ARGUMENTS[formatter.name]]
    environment = dict(os.environ, BLACK_CACHE_DIR=str(folder / ".cache"))
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FormatterError(f"{formatter.name} could not be run: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise FormatterError(f"{formatter.name} failed: {said[-1] if said else f'exit code {done.returncode}'}")


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _top(root: Path) -> Path:
    """The folder of the repository, since configuration may lie above manage.py; without one that of the project."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def _between(top: Path, folder: Path) -> Iterator[Path]:
    """From `folder` up to `top`."""
    for place in (folder, *folder.parents):
        yield place
        if place == top:
            return


def _named(folder: Path) -> str | None:
    """The formatter that a folder configures; of two black, unless there are settings of ruff's own format."""
    tools = _tools(folder / CONFIGS[0])
    ruff = tools.get("ruff")
    if isinstance(ruff, dict) and "format" in ruff:
        return "ruff"
    if "black" in tools:
        return "black"
    return "ruff" if "ruff" in tools or any((folder / name).is_file() for name in CONFIGS[1:]) else None


def _tools(path: Path) -> dict[str, object]:
    try:
        tools = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError):
        return {}
    return tools if isinstance(tools, dict) else {}


def _configs(top: Path, texts: Mapping[Path, str]) -> set[Path]:
    """Every configuration file that counts for one of the texts."""
    folders = {folder for inside in {path.parent for path in texts} for folder in _between(top, inside)}
    return {folder / name for folder in folders for name in CONFIGS if (folder / name).is_file()}


def _beside(name: str, interpreter: Path | None) -> Path | None:
    """The program of this name in the environment of an interpreter."""
    if interpreter is None:
        return None
    for path in (interpreter.parent / name, interpreter.parent / f"{name}.exe"):
        if path.is_file() and os.access(path, os.X_OK):
            return path
    return None
