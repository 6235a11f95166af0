"""Which formatter a project has, for which of its folders, and what becomes of one that fails."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from migwizard.config import Config
from migwizard.project.discovery import Interpreter, Project
from migwizard.project.formatter import Formatter, FormatterError, find_formatter, format_texts
from tests.project.support import write

RUFF = Path(sys.executable).parent / "ruff"
TEXT = "x = {'a':1}\n"
FAKE = """#!{python}
import pathlib, sys
for path in pathlib.Path(sys.argv[-1]).rglob("*.py"):
    path.write_text(path.read_text().replace("'", '"'))
sys.exit({code})
"""


def project(root: Path, *, programs: tuple[str, ...] = (), code: int = 0) -> Project:
    """A project whose environment has these programs; each puts double quotes into every file below where it is led."""
    binaries = root / ".venv" / "bin"
    binaries.mkdir(parents=True)
    for name in programs:
        (binaries / name).write_text(FAKE.format(python=sys.executable, code=code))
        (binaries / name).chmod(0o755)
    return Project(root, root / "manage.py", None, Interpreter(binaries / "python", "the test says so"), Config())


@pytest.fixture(autouse=True)
def no_other_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.mark.parametrize(
    ("files", "programs", "found"),
    [
        ({}, (), None),
        ({}, ("ruff",), None),
        ({}, ("black", "ruff"), "black"),
        ({"ruff.toml": ""}, ("black", "ruff"), "ruff"),
        ({"pyproject.toml": "[tool.ruff]"}, ("black", "ruff"), "ruff"),
        ({"pyproject.toml": "[tool.ruff]\n[tool.black]"}, ("black", "ruff"), "black"),
        ({"pyproject.toml": "[tool.ruff.format]\n[tool.black]"}, ("black", "ruff"), "ruff"),
        ({"pyproject.toml": "[tool.black]"}, ("black",), "black"),
        ({"pyproject.toml": "[broken"}, ("black",), "black"),
    ],
)
def test_the_configured_one_counts_else_black_of_the_environment(
    tmp_path: Path, files: dict[str, str], programs: tuple[str, ...], found: str | None
) -> None:
    write(tmp_path, files)
    formatter = find_formatter(project(tmp_path, programs=programs))
    assert (formatter.name if formatter else None) == found


def test_a_configured_one_that_is_not_installed_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"ruff.toml": ""})
    with pytest.raises(FormatterError, match="configured for ruff, which is not installed"):
        find_formatter(project(tmp_path))


def test_configuration_above_the_repository_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, {"ruff.toml": "", "site/pyproject.toml": "[tool.black]", "site/.git/HEAD": ""})
    inner = tmp_path / "site" / "backend"
    inner.mkdir()
    formatter = find_formatter(project(inner, programs=("black", "ruff")))
    assert formatter is not None
    assert (formatter.name, formatter.top, formatter.start) == ("black", tmp_path / "site", tmp_path / "site")


def test_folders_that_the_project_leaves_out_stay_as_they_are(tmp_path: Path) -> None:
    settings = 'line-length = 20\nextend-exclude = ["old/migrations"]\n[format]\nquote-style = "single"\n'
    write(tmp_path, {"ruff.toml": settings})
    texts = {tmp_path / app / "migrations" / "0001_x.py": TEXT for app in ("old", "new")}
    found = format_texts(Formatter("ruff", RUFF, tmp_path, tmp_path), texts)
    assert list(found.values()) == [TEXT, "x = {'a': 1}\n"]
    assert not (tmp_path / "old").exists(), "the project itself is not written to"


def test_one_that_fails_is_told_and_nothing_is_taken_from_it(tmp_path: Path) -> None:
    formatter = find_formatter(project(tmp_path, programs=("black",), code=3))
    assert formatter is not None
    with pytest.raises(FormatterError, match="black failed: exit code 3"):
        format_texts(formatter, {tmp_path / "a" / "0001_x.py": TEXT})


def test_the_program_is_run_once_over_all(tmp_path: Path) -> None:
    formatter = find_formatter(project(tmp_path, programs=("black",)))
    assert formatter is not None
    texts = {tmp_path / app / "0001_x.py": dedent(TEXT) for app in "abc"}
    assert set(format_texts(formatter, texts).values()) == {TEXT.replace("'", '"')}
