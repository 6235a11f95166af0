"""Which project, which interpreter, which apps; each choice in its order and with its reason."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from migwizard.config import Config
from migwizard.errors import UsageError
from migwizard.project.apps import ProjectApps, is_project_app
from migwizard.project.discovery import Interpreter, Project, find_interpreter, find_project
from tests.project.support import Shell, write


def _environment(folder: Path) -> Path:
    write(folder, {"pyvenv.cfg": "", "bin/python": "#!/bin/sh\n"})
    (folder / "bin/python").chmod(0o755)
    return folder / "bin/python"


def test_the_project_is_found_above_below_and_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "site/src"
    write(root, {"manage.py": "", "deep/down/x.py": ""})
    for place in (root, root / "deep/down", tmp_path / "site"):
        monkeypatch.chdir(place)
        assert find_project(None).root == root
    assert find_project(tmp_path / "site").root == root
    with pytest.raises(UsageError):
        find_project(root / "deep/down")


def test_a_path_that_is_no_text_in_this_encoding_is_named(tmp_path: Path) -> None:
    """As every path with an umlaut, where the locale has no encoding for it."""
    root = tmp_path / os.fsdecode(b"pl\xff")
    write(root, {"manage.py": ""})
    with pytest.raises(UsageError, match=r"pl\\xff is no text in the encoding of this start, .*Nothing was changed"):
        find_project(root)


def test_a_project_without_manage_py_needs_its_settings_named(tmp_path: Path) -> None:
    project = find_project(tmp_path, settings="site.settings")
    assert (project.root, project.manage, project.settings) == (tmp_path, None, "site.settings")


def test_settings_of_the_command_line_come_before_those_of_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, {"manage.py": "", "pyproject.toml": "[tool.migwizard]\nsettings = 'a.settings'\n"})
    assert find_project(tmp_path).settings == "a.settings"
    assert find_project(tmp_path, settings="b.settings").settings == "b.settings"


def test_the_order_of_interpreters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "site"
    write(root, {"manage.py": ""})
    own = find_interpreter(root, Config(), None)
    assert (own.path, own.reason.split(",")[0]) == (Path(sys.executable), "migwizard's own interpreter")
    outer = _environment(tmp_path / "venv")
    assert find_interpreter(root, Config(), None).path == outer
    inner = _environment(root / ".venv")
    assert find_interpreter(root, Config(), None) == Interpreter(inner, "the environment .venv of the project")
    active = _environment(tmp_path / "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert find_interpreter(root, Config(), None).path == active
    configured = _environment(tmp_path / "configured")
    config = Config(python="../configured", file=root / "pyproject.toml")
    found = find_interpreter(root, config, None)
    assert (found.path and found.path.resolve(), found.reason) == (configured, "named in pyproject.toml")
    named = _environment(tmp_path / "named")
    assert find_interpreter(root, config, str(named)) == Interpreter(named, "named with --python")
    assert find_interpreter(root, config, str(tmp_path / "named")).path == named


def test_an_active_environment_that_is_gone_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "removed"))
    python = _environment(tmp_path / "venv")
    assert find_interpreter(tmp_path, Config(), None).path == python


def test_the_link_of_an_environment_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    assert find_interpreter(tmp_path, Config(), str(tmp_path / "python")).path == tmp_path / "python"


@pytest.mark.parametrize("name", ["text", "folder", "nothing"])
def test_what_cannot_be_executed_is_no_interpreter(tmp_path: Path, name: str) -> None:
    (tmp_path / "text").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=f"--python names .*{name}"):
        find_interpreter(tmp_path, Config(), str(tmp_path / name))


def _app(path: Path, label: str = "shop", name: str = "shop", migrations: int = 1) -> dict[str, Any]:
    return {
        "label": label,
        "name": name,
        "path": str(path),
        "migrations": migrations,
        "migrations_folder": str(path / "migrations") if migrations else None,
    }


@pytest.mark.parametrize(
    ("place", "name", "own"),
    [
        ("site/shop", "shop", True),
        ("site/apps/deep/shop", "apps.deep.shop", True),
        ("site/.venv/lib/python3/site-packages/shop", "shop", False),
        ("site/env/src/shop", "shop", False),
        ("site/vendor/site-packages/shop", "shop", False),
        ("lib/shop", "shop", False),
        ("site-other/shop", "shop", False),
        ("site/auth", "django.contrib.auth", False),
    ],
)
def test_an_app_is_the_projects_own(tmp_path: Path, place: str, name: str, own: bool) -> None:
    prefix = tmp_path / ("site/env" if "/env/" in place else "site/.venv")
    assert is_project_app(_app(tmp_path / place, name=name), tmp_path / "site", prefix) is own


def test_a_system_prefix_above_the_project_claims_nothing(tmp_path: Path) -> None:
    assert is_project_app(_app(tmp_path / "site/shop"), tmp_path / "site", tmp_path)


def _project(root: Path, **config: Any) -> Project:
    return Project(root, root / "manage.py", None, Interpreter(Path(sys.executable), ""), Config(**config))


def test_apps_are_sorted_in_the_order_of_the_registry(tmp_path: Path) -> None:
    root = tmp_path / "site"
    apps = [
        _app(root / "b", "b"),
        _app(root / "a", "a"),
        _app(root / "plain", "plain", migrations=0),
        _app(tmp_path / "lib/foreign", "foreign"),
        _app(root / "site-packages/vendored", "vendored"),
        _app(root / "left", "left"),
    ]
    found = ProjectApps.of(apps, _project(root, include=("vendored",)), str(tmp_path / "venv"), exclude=["left"])
    assert found.labels == ("b", "a", "vendored")
    assert found.folders["a"] == root / "a/migrations"
    assert (found.unmigrated, found.excluded) == (("plain",), ("left",))


def test_an_included_app_outside_of_the_root_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "site"
    apps = [_app(tmp_path / "lib/foreign", "foreign")]
    with pytest.raises(UsageError, match="outside of the project") as caught:
        ProjectApps.of(apps, _project(root, include=("foreign",)), str(tmp_path / "venv"))
    assert caught.value.code == "outside"


def test_doctor_says_where_each_value_comes_from(shell: Shell) -> None:
    write(shell.root, {"pyproject.toml": "[tool.migwizard]\ntag = 'autumn'\n"})
    ended = shell("doctor", "--json")
    assert ended.exit == 0, ended.err
    findings = {item["what"]: (item["value"], item["source"]) for item in ended.objects[-1]["findings"]}
    assert findings["tag"] == ("autumn", str(shell.root / "pyproject.toml"))
    assert findings["interpreter"] == (sys.executable, "named with --python")
    assert findings["settings"] == ("config.settings", str(shell.root / "config/settings.py"))
    assert findings["apps"][0] == "stock, sales"
    assert findings["database default"] == ("django.db.backends.sqlite3", str(shell.root / "db.sqlite3"))
