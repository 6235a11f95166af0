"""A project that cannot be loaded is named with file and line, and stays as it is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from migwizard.cli import main
from tests.project.support import SETTINGS, Ended, Shell, snapshot, write


def test_a_folder_without_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--yes", "-C", str(tmp_path)]) == 2
    assert f"there is no manage.py in {tmp_path}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "-C", str(tmp_path / "gone")]) == 2
    assert f"no folder {tmp_path / 'gone'}" in capsys.readouterr().err


def test_several_projects_below(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"one/manage.py": "", "two/manage.py": "", ".hidden/manage.py": ""})
    before = snapshot(tmp_path)
    assert main(["run", "--yes", "-C", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "several manage.py" in error
    assert "one/, two/." in error
    assert snapshot(tmp_path) == before


def test_a_manage_py_that_is_not_djangos(shell: Shell) -> None:
    write(shell.root, {"manage.py": "print('I manage nothing')"})
    shell.refused("run", "--yes", exit=3, says="manage.py ended without handing over to Django")


def _with_settings(shell: Shell, line: str, *command: str) -> Ended:
    text = (shell.root / "config/settings.py").read_text()
    (shell.root / "config/settings.py").write_text(text + line + "\n")
    return shell(*command)


SETTINGS_LINE = len(SETTINGS.strip().splitlines()) + 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("raise RuntimeError('no vault')", "RuntimeError: no vault"),
        ("import sys; sys.exit('set DB_URL first')", "called sys.exit('set DB_URL first')"),
        ("exit()", "called sys.exit(None)"),
        ("input('Which database? ')", "EOFError"),
        ("1 / 0", "ZeroDivisionError"),
        ("class", "SyntaxError"),
    ],
)
def test_settings_that_fail_are_named_with_their_line(shell: Shell, line: str, says: str) -> None:
    with (shell.root / "config/settings.py").open("a") as stream:
        stream.write(line + "\n")
    place = f"{shell.root / 'config/settings.py'}, line {SETTINGS_LINE}: "
    shell.refused("run", "--yes", exit=3, says=(place, says))


@pytest.mark.parametrize("line", ["import os; os._exit(0)", "import os; os._exit(9)", "import os; os.abort()"])
def test_settings_that_end_the_process_are_named(shell: Shell, line: str) -> None:
    with (shell.root / "config/settings.py").open("a") as stream:
        stream.write("import sys; print('last words', file=sys.stderr, flush=True)\n" + line + "\n")
    shell.refused("run", "--yes", exit=3, says=("loading the settings config.settings", "last words"))


@pytest.mark.parametrize(
    "line",
    [
        "print('hello', flush=True)",
        'import sys; sys.stdout.write(\'{"id": 0, "result": {}}\\n\'); sys.stdout = None',
        "import os; os.write(1, b'\\xff\\x00 raw bytes\\n')",
        "import os; os.system('echo from a child')",
        "import sys; sys.stdin.read()",
        "import warnings; warnings.warn('old ways', DeprecationWarning)",
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "import threading; threading.Thread(target=threading.Event().wait).start()",
        "import logging; logging.basicConfig(level=0)",
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "import atexit; atexit.register(print, 'bye')",
    ],
)
def test_noisy_settings_break_nothing(shell: Shell, line: str) -> None:
    before = snapshot(shell.root)
    with (shell.root / "config/settings.py").open("a") as stream:
        stream.write(line + "\n")
    ended = shell("plan", "--json")
    assert ended.exit == 0, ended.err
    (result,) = ended.objects
    assert [batch["app"] for batch in result["plan"]["batches"]] == ["stock", "sales"]
    assert set(snapshot(shell.root)) == set(before)


def test_settings_that_do_not_exist(shell: Shell) -> None:
    shell.refused("run", "--yes", "--settings", "config.nowhere", exit=3, says="no settings module config.nowhere")


def test_settings_that_import_what_is_not_there(shell: Shell) -> None:
    with (shell.root / "config/settings.py").open("a") as stream:
        stream.write("import environ_of_nobody\n")
    place = f"{shell.root / 'config/settings.py'}, line {SETTINGS_LINE}: ModuleNotFoundError"
    shell.refused("run", "--yes", exit=3, says=(place, "environ_of_nobody"))


def _ready(shell: Shell, body: str) -> str:
    write(
        shell.root,
        {
            "stock/apps.py": f"from django.apps import AppConfig\n\n\nclass StockConfig(AppConfig):\n    name = 'stock'\n\n    def ready(self):\n        {body}\n"
        },
    )
    return f"{shell.root / 'stock/apps.py'}, line 8: "


def test_ready_that_raises(shell: Shell) -> None:
    place = _ready(shell, "raise LookupError('no broker')")
    shell.refused("run", "--yes", exit=3, says=place + "LookupError: no broker")


def test_ready_that_exits(shell: Shell) -> None:
    place = _ready(shell, "raise SystemExit(4)")
    shell.refused("run", "--yes", exit=3, says=place + "called sys.exit(4)")


def test_ready_that_ends_the_process(shell: Shell) -> None:
    _ready(shell, "import os; os._exit(3)")
    shell.refused("run", "--yes", exit=3, says=("loading the apps", "ended with exit code 3"))


@pytest.mark.parametrize("command", [("run", "--yes"), ("plan",), ("doctor",)])
def test_a_broken_import_in_one_app(shell: Shell, command: tuple[str, ...]) -> None:
    write(shell.root, {"sales/models.py": "from django.db import models\nfrom stock.models import Nothing\n"})
    place = f"{shell.root / 'sales/models.py'}, line 2: ImportError"
    shell.refused(*command, exit=3, says=(place, "Nothing"))


def test_a_syntax_error_in_one_app(shell: Shell) -> None:
    write(shell.root, {"sales/models.py": "x = 1\ndef broken(:\n"})
    shell.refused("run", "--yes", exit=3, says=f"{shell.root / 'sales/models.py'}, line 2: SyntaxError")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("import nobody_has_this", 1, "nobody_has_this"),
        ("\nraise SystemExit(2)", 2, "called sys.exit(2)"),
        ("def broken(:", 1, "SyntaxError"),
    ],
)
def test_a_migration_that_cannot_be_imported(shell: Shell, text: str, line: int, says: str) -> None:
    (shell.root / "stock/migrations/0004_broken.py").write_text(text + "\n")
    place = f"{shell.root / 'stock/migrations/0004_broken.py'}, line {line}: "
    shell.refused("run", "--yes", exit=3, says=(place, says))


def test_a_migration_file_without_migration(shell: Shell) -> None:
    write(shell.root, {"stock/migrations/helpers.py": "x = 1"})
    shell.refused("run", "--yes", exit=3, says=("form no graph", "helpers"))


def test_errors_of_the_system_check(shell: Shell) -> None:
    models = (shell.root / "sales/models.py").read_text()
    (shell.root / "sales/models.py").write_text(
        models + "    note = models.CharField()\n    bad_ = models.TextField()\n"
    )
    shell.refused("run", "--yes", exit=3, says=("sales.Order.bad_: (fields.E001)", "manage.py check"))


def test_an_interpreter_without_django(shell: Shell, tmp_path: Path) -> None:
    bare = tmp_path / "bare-python"
    # Isolated and without site-packages: a Python that has nothing but its library.
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    bare.chmod(0o755)
    shell.refused("run", "--yes", python=str(bare), exit=3, says="has no Django")


@pytest.mark.parametrize("text", ["#!/bin/sh\necho not python\n", "#!/bin/sh\nexit 1\n", "no program at all"])
def test_an_interpreter_that_is_none(shell: Shell, tmp_path: Path, text: str) -> None:
    other = tmp_path / "other"
    other.write_text(text)
    other.chmod(0o755)
    shell.refused("run", "--yes", python=str(other), exit=3, says=str(other))


def test_an_interpreter_that_is_not_there(shell: Shell) -> None:
    shell.refused("run", "--yes", python="/nowhere/python", exit=2, says="--python names /nowhere/python")
