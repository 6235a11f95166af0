"""Pairs of Python and Django for projects of every age, each in a virtual environment below build/guests."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.subjects import BUILD, run

FOLDER = BUILD / "guests"


@dataclass(frozen=True, slots=True)
class Pair:
    """An interpreter and a Django, as "3.8" and "3.2"."""

    python: str
    django: str
    beside: tuple[str, ...] = ()
    """Packages beside Django."""

    @property
    def name(self) -> str:
        return f"Python {self.python}, Django {self.django}"

    @property
    def version(self) -> tuple[int, ...]:
        """Django's version as numbers."""
        return tuple(map(int, self.django.split(".")))

    @property
    def place(self) -> Path:
        """Where its virtual environment is."""
        return FOLDER / "-".join(
            [f"python{self.python}-django{self.django}", *(re.sub(r"\W.*", "", name) for name in self.beside)]
        )

    @property
    def is_made(self) -> bool:
        return (self.place / "made").is_file()

    @property
    def interpreter(self) -> Path:
        return self.place / "bin" / "python"

    def make(self) -> bool:
        """Make the environment from the package index, once; False where there is no such interpreter.

        Raises SubjectError where the environment cannot be made.
        """
        if self.is_made:
            return True
        base = find_python(self.python)
        if base is None:
            return False
        shutil.rmtree(self.place, ignore_errors=True)
        FOLDER.mkdir(parents=True, exist_ok=True)
        run([base, "-m", "venv", self.place], FOLDER)
        pip = (self.interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run([*pip, f"Django=={self.django}.*", *self.beside], FOLDER)
        # Written last: an environment without it is one whose making was interrupted.
        (self.place / "made").touch()
        return True


PAIRS = (
    Pair("3.8", "3.2"),
    Pair("3.8", "4.2"),
    Pair("3.9", "4.2"),
    Pair("3.10", "5.2"),
    Pair("3.11", "4.2"),
    Pair("3.12", "5.2"),
    Pair("3.12", "6.0"),
    Pair("3.13", "6.1"),
)


def find_python(version: str) -> str | None:
    """An interpreter of this version that runs: on the path, or among those of pyenv."""
    named = [shutil.which(f"python{version}")]
    named += [str(path) for path in sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"))]
    return next((path for path in named if path and _runs(path, version)), None)


def _runs(path: str, version: str) -> bool:
    done = run([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], Path.cwd(), check=False)
    return done.returncode == 0 and done.stdout.strip() == version
