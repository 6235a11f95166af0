"""Writes the demo project to a directory of the user's choice."""

from __future__ import annotations

import shutil
from pathlib import Path

TEMPLATE = Path(__file__).parent / "template"

# Installers compile the template's files like all others; a fresh project has none of that.
_COMPILED = shutil.ignore_patterns("__pycache__", "*.pyc")


def write_demo(directory: Path) -> Path:
    """Copy the demo into `directory` and return the root of the Django project in it (where manage.py lies).

    `directory` and missing parents are created. So that nobody's files are mixed with the demo's or overwritten,
    a directory that holds anything, or a file of that name, raises FileExistsError and nothing is written.
    """
    if directory.exists() and not directory.is_dir():
        raise FileExistsError(f"{directory} is a file; the demo needs a new or an empty directory.")
    if directory.is_dir() and any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty; the demo needs a new or an empty directory.")
    # copyfile, not copy2: the user owns the copies and may write them, however migwizard was installed.
    shutil.copytree(TEMPLATE, directory, ignore=_COMPILED, copy_function=shutil.copyfile, dirs_exist_ok=True)
    return directory / "shop"
