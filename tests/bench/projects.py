"""The projects that are measured: subjects, and synthetic ones of "APPSxMODELS", which are written once and kept."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from pathlib import Path

from tests import subjects, synthetic
from tests.bench import history
from tests.subjects import BUILD, DEMO, Copy

FOLDER = BUILD / "bench"
KEPT = BUILD / "synthetic"
SMALL, MIDDLE, LARGE = "10x50", "50x300", "200x1500"
LATE = 300
"""A synthetic project of more models than that has its first migrations only: writing its history takes hours."""


def size_of(name: str) -> tuple[int, int] | None:
    """(apps, models) of a synthetic project; None for a subject."""
    found = re.fullmatch(r"(\d+)x(\d+)", name)
    return (int(found[1]), int(found[2])) if found else None


def is_product(name: str) -> bool:
    """Whether it is a real one."""
    return name != DEMO and size_of(name) is None


def is_there(name: str) -> bool:
    """Whether nothing has to be fetched for it."""
    return size_of(name) is not None or subjects.present(name)


def fresh(name: str, kind: str, *, with_history: bool = True) -> Copy:
    """A new copy of a project below build/bench/KIND. Raises SubjectError where a subject cannot be built."""
    size = size_of(name)
    if size is None:
        return subjects.fresh(name, FOLDER / kind)
    target = FOLDER / kind / name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(_synthetic(*size, with_history and size[1] <= LATE), target)
    return Copy(name, target, Path(sys.executable))


def without_migrations(name: str, kind: str, *, with_history: bool = True) -> Copy:
    """A new copy without the files of its own migrations, for a plain makemigrations of everything."""
    copy = fresh(name, kind, with_history=with_history)
    for path in migrations_of(copy.root):
        path.unlink()
    return copy


def migrations_of(root: Path) -> list[Path]:
    """The migration files of a project's own apps."""
    return [
        path
        for path in sorted(root.rglob("migrations/*.py"))
        if path.name != "__init__.py" and not {".venv", ".migwizard"} & set(path.relative_to(root).parts)
    ]


def _synthetic(apps: int, models: int, with_history: bool) -> Path:
    """A synthetic project, written anew where the code that writes it has changed; complete or not there at all."""
    code = b"".join(Path(str(module.__file__)).read_bytes() for module in (synthetic, history))
    kind = "grown" if with_history else "first"
    target = KEPT / f"{kind}-{apps}x{models}-{hashlib.sha256(code).hexdigest()[:8]}"
    if not target.is_dir():
        print(f"{apps}x{models}: writing a synthetic project (once)", file=sys.stderr, flush=True)
        for stale in KEPT.glob(f"{kind}-{apps}x{models}-*"):
            shutil.rmtree(stale)
        half = target.with_suffix(".half")
        (history.write_history if with_history else synthetic.write_project)(half, apps, models)
        for folder in half.rglob("__pycache__"):
            shutil.rmtree(folder)
        half.rename(target)
    return target
