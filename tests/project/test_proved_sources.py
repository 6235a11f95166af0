"""What was proved is what is swapped, with every file of the project that only migrations load."""

from __future__ import annotations

import subprocess

import pytest

from migwizard.engine.steps import apply
from tests.project.support import SEED, STOCK_SEED, Shell, write

HELPER, OTHER = "stock/helper.py", "stock/other.py"
USING = STOCK_SEED.replace('name="hammer"', "name=NAME").replace(
    "from django.db import migrations", "from django.db import migrations\n    from stock.helper import NAME"
)


@pytest.fixture
def helped(shell: Shell) -> Shell:
    """A seed with a helper that nothing else loads."""
    write(shell.root, {SEED: USING, HELPER: "NAME = 'hammer'\n", OTHER: "NAME = 'hammer'\n"})
    return shell


def is_swapped(shell: Shell) -> bool:
    return not (shell.root / SEED).is_file()


def test_what_only_the_new_files_load_is_proved_anew(helped: Shell) -> None:
    assert helped("run", "--yes", "--until", "seeds").exit == 0
    staged = next((helped.root / ".migwizard/staging/stock").glob("*_seed.py"))
    staged.write_text(staged.read_text().replace("stock.helper", "stock.other"))
    assert helped("run", "--yes", "--until", "proof").exit == 0
    write(helped.root, {OTHER: "NAME = 'saw'\n"})
    ended = helped("run", "--yes")
    assert ended.exit == 1
    assert "saw" in ended.err
    assert not is_swapped(helped)


def test_the_approval_is_void_when_a_helper_moves(helped: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "old"],
    ):
        subprocess.run(["git", *arguments], cwd=helped.root, check=True)
    with monkeypatch.context() as patch:
        patch.setattr(apply, "_ask", lambda *_: write(helped.root, {HELPER: "NAME = 'saw'\n"}))
        ended = helped("run", "--yes")
    assert ended.exit == 6
    assert f"{HELPER} was changed since the proof. Nothing was swapped." in ended.err
    assert not is_swapped(helped)
    ended = helped("run", "--yes")
    assert ended.exit == 0, "both histories make the other row now, and that was proved"
    assert f"The proof was made with {HELPER}: commit these too" in ended.err
    assert f"migwizard_switch.py {HELPER} && git commit" in ended.err
    summary = (helped.root / ".migwizard/summary.md").read_text()
    assert f"Proved with files that no commit had then; they belong to this one:\n\n- `{HELPER}`\n" in summary


def test_nobody_knows_what_a_run_loaded_that_was_written_meanwhile(helped: Shell) -> None:
    touching = "import os; from stock import helper; os.utime(helper.__file__)"
    write(helped.root, {SEED: USING.replace("apps.get_model", f"{touching}\n        apps.get_model")})
    ended = helped("run", "--yes")
    assert ended.exit == 6
    assert "new history, from zero: kept" not in ended.err
    assert f"{HELPER} was changed since the proof. Nothing was swapped." in ended.err
    assert not is_swapped(helped)


def test_what_migrations_write_themselves_is_no_source(helped: Shell) -> None:
    counting = (
        "path = __import__('pathlib').Path(__file__).with_name('log.txt'); path.write_text('x'); path.read_text()"
    )
    write(helped.root, {SEED: USING.replace("apps.get_model", f"{counting}\n        apps.get_model")})
    assert helped("run", "--yes", "--until", "proof").exit == 0
    assert "log.txt" not in (helped.root / ".migwizard/work/proof.sources.json").read_text()
