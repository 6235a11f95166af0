"""The environment that the tool of a project keeps: found where the tool keeps it, or refused with what to run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from migwizard.config import Config
from migwizard.errors import UsageError
from migwizard.project.discovery import find_interpreter
from tests.project.support import write

UV = {"uv.lock": "version = 1\n"}
POETRY = {"pyproject.toml": "[tool.poetry]\npackage-mode = false\n"}
PIPENV = {"Pipfile": "[packages]\n"}
PDM = {"pdm.lock": ""}
CONDA = {"environment.yml": "# ours\nname: shop\ndependencies:\n  - django\n"}
PYENV = {".python-version": "shop-env\n"}


@pytest.fixture(autouse=True)
def nothing_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No tool, home or active environment of the machine takes part."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "UV_PROJECT_ENVIRONMENT", "PYENV_ROOT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "shop", {"manage.py": ""})
    return tmp_path / "shop"


def _environment(folder: Path, *, virtual: bool = True) -> Path:
    write(folder, {"pyvenv.cfg": "", "bin/python": "#!/bin/sh\n"} if virtual else {"bin/python": "#!/bin/sh\n"})
    (folder / "bin/python").chmod(0o755)
    return folder / "bin/python"


def _tool(root: Path, name: str, script: str) -> None:
    """A program of this name that answers as the real one does."""
    path = root.parent / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _found(root: Path) -> tuple[Path | None, str]:
    found = find_interpreter(root, Config(), None)
    return found.path, found.reason


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (UV, "kept by uv ({root}/uv.lock), and has no environment of it yet|uv sync in {root}"),
        ({"pyproject.toml": "[tool.uv]\n"}, "kept by uv ({root}/pyproject.toml)|uv sync"),
        (POETRY, "kept by poetry ({root}/pyproject.toml), which keeps|poetry env info --executable"),
        ({"poetry.lock": ""}, "kept by poetry ({root}/poetry.lock), which keeps|--python PATH"),
        (PIPENV, "kept by pipenv ({root}/Pipfile), which keeps|pipenv --venv"),
        (PDM, "kept by pdm ({root}/pdm.lock), and has no|pdm install in {root}"),
        (CONDA, "kept by conda ({root}/environment.yml), and has no|conda env create -f environment.yml"),
        (PYENV, "kept by pyenv ({root}/.python-version), and has no|pyenv virtualenv shop-env"),
    ],
)
def test_a_tool_without_its_environment_is_refused(root: Path, files: dict[str, str], says: str) -> None:
    write(root, files)
    with pytest.raises(UsageError) as caught:
        _found(root)
    text = " ".join((caught.value.sentence, *caught.value.cures))
    for piece in says.format(root=root).split("|"):
        assert piece in text
    assert (caught.value.code, caught.value.exit_code) == ("no-environment", 2)
    assert find_interpreter(root, Config(), sys.executable).path == Path(sys.executable)


@pytest.mark.parametrize("files", [UV, POETRY, PIPENV, PDM, CONDA, PYENV, {}])
def test_an_environment_in_the_project_is_every_tools(root: Path, files: dict[str, str]) -> None:
    write(root, files)
    python = _environment(root / ".venv")
    assert _found(root) == (python, "the environment .venv of the project")


@pytest.mark.parametrize(
    "files", [{".python-version": "3.12.1\n"}, {".python-version": "pypy3.10-7.3.12"}, {"tox.ini": "[tox]\n"}]
)
def test_what_declares_no_environment_leaves_ours(root: Path, files: dict[str, str]) -> None:
    write(root, files)
    assert _found(root) == (Path(sys.executable), "migwizard's own interpreter, since the project has no environment")


def test_tools_are_declared_up_to_the_repository_and_no_further(root: Path) -> None:
    write(root / "src/site", {"manage.py": ""})
    write(root.parent, UV)
    write(root, {".git/HEAD": "", "src/x.py": ""})
    assert _found(root / "src/site")[0] == Path(sys.executable)
    python = _environment(root / ".venv")
    assert _found(root / "src/site")[0] == python
    write(root / "src", UV)
    assert _found(root / "src/site")[0] == python, "a member of a workspace has the environment of the whole"


def test_uv_with_its_environment_elsewhere(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, UV)
    _environment(root / ".venv")
    python = _environment(root.parent / "elsewhere", virtual=False)
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", "../elsewhere")
    path, reason = _found(root)
    assert (path and path.resolve(), reason) == (python, "the environment that uv keeps for the project (uv.lock)")
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", str(root.parent / "gone"))
    with pytest.raises(UsageError, match="kept by uv"):
        _found(root)


def test_poetry_and_pipenv_are_asked_in_the_folder_of_their_file(root: Path) -> None:
    python = _environment(root.parent / "cache/shop-x-py3.12")
    write(root, POETRY)
    _tool(root, "poetry", f'[ "$*" = "env info --executable" ] && [ "$PWD" = {root} ] && echo noise && echo {python}')
    assert _found(root) == (python, "the environment that poetry keeps for the project (pyproject.toml)")
    _tool(root, "poetry", "exit 1")
    with pytest.raises(UsageError, match=r"poetry .*has no environment of it yet"):
        _found(root)
    (root / "pyproject.toml").unlink()
    write(root, PIPENV)
    _tool(root, "pipenv", f'[ "$*" = "--venv" ] && echo {python.parent.parent}')
    assert _found(root) == (python, "the environment that pipenv keeps for the project (Pipfile)")


def test_pdm_names_its_interpreter_in_a_file(root: Path) -> None:
    python = _environment(root.parent / "pdm/venvs/shop")
    write(root, {**PDM, ".pdm-python": f"{python}\n"})
    assert _found(root)[0] == python
    bare = _environment(root.parent / "python", virtual=False)
    (root / ".pdm-python").write_text(str(bare))
    (root / "__pypackages__").mkdir()
    with pytest.raises(UsageError, match="kept by pdm"):
        _found(root)


def test_conda_by_name_active_or_from_its_list(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, CONDA)
    shop, base = (_environment(root.parent / name, virtual=False) for name in ("miniconda/envs/shop", "miniconda"))
    monkeypatch.setenv("CONDA_PREFIX", str(base.parent.parent))
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    with pytest.raises(UsageError, match="kept by conda"):
        _found(root)
    write(root.parent / "home", {".conda/environments.txt": f"{base.parent.parent}\n{shop.parent.parent}\n"})
    assert _found(root) == (shop, "the environment that conda keeps for the project (environment.yml)")
    monkeypatch.setenv("CONDA_PREFIX", str(shop.parent.parent))
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "shop")
    assert _found(root) == (shop, f"the active conda environment {shop.parent.parent}")


def test_pyenv_keeps_environments_among_its_versions(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, PYENV)
    python = _environment(root.parent / "pyenv/versions/shop-env")
    monkeypatch.setenv("PYENV_ROOT", str(root.parent / "pyenv"))
    assert _found(root)[0] == python
    (root / ".python-version").write_text("3.12.1/envs/other\n")
    assert _found(root)[0] == Path(sys.executable)
    other = _environment(root.parent / "pyenv/versions/3.12.1/envs/other")
    assert _found(root)[0] == other


def test_two_environments_of_two_tools_are_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {**PYENV, **PDM})
    python = _environment(root.parent / "pyenv/versions/shop-env")
    monkeypatch.setenv("PYENV_ROOT", str(root.parent / "pyenv"))
    assert _found(root)[0] == python, "the other one has none"
    other = _environment(root.parent / "pdm")
    (root / ".pdm-python").write_text(str(other))
    with pytest.raises(UsageError, match="Several tools have an environment") as caught:
        _found(root)
    assert str(python) in caught.value.sentence
    assert str(other) in caught.value.sentence
