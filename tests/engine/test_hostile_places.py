"""A project whose path would do harm in a shell, and a look at every folder around it: written is what docs/safety.md says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.engine.support import Shop, changed

CODE = Path(__file__).parents[2] / "migwizard"
NAME = "shop $(touch pwned) `touch pwned` \"two\" 'one' ;touch pwned; %s {0} * \n é"
"""Legal for a folder, and for a project in it."""

SHELLS = ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "eval", "exec")


def _is_shell(call: ast.Call) -> bool:
    """Whether a call says `shell=...`, or writes out a dictionary that could say it by `**`."""
    keys = [key for node in ast.walk(call) if isinstance(node, ast.Dict) for key in node.keys]
    return any(word.arg == "shell" for word in call.keywords) or any(
        isinstance(key, ast.Constant) and key.value == "shell" for key in keys
    )


def test_no_command_goes_through_a_shell() -> None:
    """By the syntax of all of our code, that of the guest included."""
    found = []
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (ast.unparse(node.func) in SHELLS or _is_shell(node)):
                found.append(f"{path.relative_to(CODE)}:{node.lineno} {ast.unparse(node.func)}")
    assert found == []


@pytest.mark.ride
def test_a_ride_touches_nothing_around_it(migrated: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / NAME).mkdir()
    shop = migrated.copy(tmp_path / NAME)
    watched = {name: tmp_path / name for name in ("home", "tmp", "here")}
    for name, folder in watched.items():
        folder.mkdir()
        (folder / "there already").write_text(name)
    for variable in ("HOME", "TMPDIR"):
        monkeypatch.setenv(variable, str(watched["home" if variable == "HOME" else "tmp"]))
    before, rows = _files(tmp_path), shop.dump()
    tree = shop.tree()
    where = ("-C", str(shop.root))
    shop.cwd = watched["here"]
    for command in (
        ("doctor",),
        ("plan",),
        ("run", "--yes"),
        ("status",),
        ("verify",),
        ("runbook",),
        ("fake", "--yes"),
    ):
        shop.migwizard(*command, *where)
    new = {path for path in _files(tmp_path) - before if not path.startswith(f"{NAME}/")}
    assert new == set()
    inside = {path.removeprefix(f"{NAME}/").split("/")[0] for path in _files(tmp_path) - before}
    assert inside == {"state", "tiny"}
    own = {path for path in changed(tree, shop.tree()) if "/migrations/" not in path}
    assert own == {"migwizard_manifest.json", "migwizard_switch.py"}
    shop.migwizard("undo", "--yes", *where)
    assert changed(tree, shop.tree()) == set()
    assert shop.dump() == rows
    assert _files(tmp_path / NAME / "state") == set()
    assert _files(tmp_path) == before


def _files(place: Path) -> set[str]:
    return {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
