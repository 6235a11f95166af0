"""How a project runs its own tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from migwizard.config import Config
from migwizard.project.discovery import Interpreter, Project
from migwizard.project.owntests import find_tests
from tests.project.support import write

PYTEST = "python -m pytest -q -p no:cacheprovider"


def project(root: Path, python: str = sys.executable, *, manage: bool = True) -> Project:
    place = root / "manage.py" if manage else None
    return Project(root, place, None, Interpreter(Path(python), "the test says so"), Config())


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "python manage.py test --noinput"),
        ({"pyproject.toml": "[tool.ruff]"}, "python manage.py test --noinput"),
        ({"setup.cfg": "[metadata]\nname = x"}, "python manage.py test --noinput"),
        ({"pytest.ini": "no section"}, "python manage.py test --noinput"),
        ({"pytest.ini": "[pytest]\naddopts = %(x)s"}, PYTEST),
        ({"setup.cfg": "[tool:pytest]"}, PYTEST),
        ({"tox.ini": "[pytest]"}, PYTEST),
        ({"pyproject.toml": "[tool.pytest.ini_options]\naddopts = ['-v']"}, PYTEST),
    ],
)
def test_pytest_counts_where_it_is_configured(tmp_path: Path, files: dict[str, str], words: str) -> None:
    write(tmp_path, files)
    found = find_tests(project(tmp_path))
    assert (found.words, found.folder, found.blind) == (words, tmp_path, "")


def test_configuration_above_counts_up_to_the_repository(tmp_path: Path) -> None:
    write(tmp_path, {"pytest.ini": "[pytest]", "repo/.git/HEAD": "", "repo/backend/x": ""})
    backend = tmp_path / "repo" / "backend"
    assert find_tests(project(backend)).words == "python manage.py test --noinput"
    write(tmp_path, {"repo/pytest.ini": "[pytest]\naddopts = --reuse-db --nomigrations"})
    found = find_tests(project(backend))
    assert (found.words, found.folder) == (PYTEST, tmp_path / "repo")
    assert "without migrations (--nomigrations)" in found.blind


def test_without_pytest_or_manage_py_django_runs_them(tmp_path: Path) -> None:
    write(tmp_path, {"pytest.ini": "[pytest]"})
    assert find_tests(project(tmp_path, "/nowhere/python", manage=False)).words == "python -m django test --noinput"
