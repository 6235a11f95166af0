"""`plan` makes no file, no database and no connection; and nothing is imported where it has no business."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import migwizard.project.agent
from tests.project.support import Shell, snapshot, write

AGENT = Path(migwizard.project.agent.__file__).parent
GRAPHS = Path(__file__).parents[1] / "graph/data"
HEAVY = ("textual", "networkx", "pydot", "django", "libcst")

# An audit hook sees what the interpreter does, in the guest and, since it is inherited, in each of its forks.
AUDIT = """
import os
import sys


def note(event, args, log={log!r}):
    if event in ("sqlite3.connect", "socket.connect", "os.mkdir", "os.rename", "os.remove", "subprocess.Popen"):
        line = event + " " + repr(args)
    elif event == "open" and isinstance(args[0], str) and args[0] not in (log, os.devnull):
        flags = args[2] or 0
        if not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        line = "open for writing " + args[0]
    else:
        return
    with open(log, "a") as stream:
        stream.write(line + chr(10))


sys.addaudithook(note)
"""


def test_plan_makes_nothing(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    settings = (shell.root / "config/settings.py").read_text()
    audited = AUDIT.format(log=str(log)) + settings.replace('"db.sqlite3"', '"no/such/folder/db.sqlite3"')
    write(shell.root, {"config/settings.py": audited})
    (shell.root / "db.sqlite3").unlink()
    around = set(tmp_path.rglob("*"))
    ended = shell.refused("plan", "--json", exit=0, says="")
    levels = ended.objects[-1]["levels"]
    assert "stock.Item" in levels[0]
    assert levels[1:] == [["sales.Order"]]
    assert set(tmp_path.rglob("*")) == around
    assert not log.exists(), log.read_text()


def test_the_audit_would_see_a_connection(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    settings = (shell.root / "config/settings.py").read_text()
    write(shell.root, {"config/settings.py": AUDIT.format(log=str(log)) + settings})
    assert shell("run", "--yes", "--until", "preflight").exit == 0
    assert "sqlite3.connect" in log.read_text()


@pytest.mark.parametrize("command", [("plan",), ("doctor",), ("status",), ("undo", "--yes")])
def test_looking_leaves_no_trace(shell: Shell, command: tuple[str, ...]) -> None:
    shell.refused(*command, exit=0, says="")


def test_plan_of_a_dot_file_needs_no_project(tmp_path: Path) -> None:
    code = "import sys; from migwizard.cli import main; code = main(sys.argv[1:]); print(code, 'django' in sys.modules)"
    shutil.copy(GRAPHS / "bookshop_graph_models.dot", tmp_path / "models.dot")
    done = subprocess.run(
        [sys.executable, "-c", code, "plan", "--from-dot", "models.dot"], cwd=tmp_path, capture_output=True, text=True
    )
    assert "model level 0" in done.stdout
    assert done.stdout.splitlines()[-1] == "0 False", done.stderr
    assert snapshot(tmp_path).keys() == {"models.dot"}


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(argument: str, tmp_path: Path) -> None:
    code = (
        "import json, sys\nfrom migwizard.cli import main\ntry:\n    main([sys.argv[1]])\n"
        "except SystemExit as ended:\n    assert ended.code == 0\nprint(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, argument], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}
    assert "migwizard" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize("path", sorted(AGENT.rglob("*.py")), ids=lambda path: path.relative_to(AGENT).as_posix())
def test_the_agent_imports_the_standard_library_and_django_only(path: Path) -> None:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(), feature_version=(3, 8))):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(str(node.module).partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= len(path.relative_to(AGENT).parts), "of the agent"
    assert found <= sys.stdlib_module_names | {"django"}


def test_the_project_meets_nothing_of_ours(shell: Shell, tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    with (shell.root / "stock/apps.py").open("a") as stream:
        stream.write(
            "\n    def ready(self):\n        import json, sys\n"
            f"        json.dump([sorted(sys.modules), sys.path], open({str(seen)!r}, 'w'))\n"
        )
    assert shell("plan").exit == 0
    modules, path = json.loads(seen.read_text())
    # An editable installation may leave its import hooks in the interpreter that the tests run with.
    loaded = {name.partition(".")[0] for name in modules} - {"django"}
    assert not loaded & {"migwizard", "serve", "channel", "load", *HEAVY}
    assert not [entry for entry in path if entry and AGENT.is_relative_to(entry) and Path(entry).name == "agent"]
    assert str(shell.root) in path
