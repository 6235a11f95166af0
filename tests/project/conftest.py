"""The tiny project, migrated once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.project.support import FILES, Shell, manage, write


@pytest.fixture(autouse=True)
def quiet_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person who runs the tests leads a test elsewhere, and no test writes to that person's home."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    for name in (
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "UV_PROJECT_ENVIRONMENT",
        "DJANGO_SETTINGS_MODULE",
        "SOURCE_DATE_EPOCH",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny project, its database at the old head; not to be changed."""
    root = tmp_path_factory.mktemp("template") / "tiny"
    write(root, FILES)
    manage(root, "migrate", "-v0")
    return root


@pytest.fixture
def tiny(template: Path, tmp_path: Path) -> Path:
    """A copy of the tiny project."""
    return Path(shutil.copytree(template, tmp_path / "tiny"))


@pytest.fixture
def shell(tiny: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """The command line on the tiny project."""
    return Shell(tiny, capsys)
