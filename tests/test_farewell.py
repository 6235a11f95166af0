"""What is said at the end: where you are, what goes on from there, and what nobody decided."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from migwizard.commands import farewell, setup
from migwizard.commands.run import say_figures
from migwizard.engine.process import Ended
from migwizard.exit_codes import ExitCode
from tests.calling import arguments


def test_the_printed_commands_say_what_a_cure_changed() -> None:
    given = arguments("-C", "shop", "--python", "old")
    setup.remember(given, {"project": "shop", "python": "new/bin/python", "settings": ""})
    assert setup.again(given, "undo").endswith("-C shop --python new/bin/python undo")
    setup.remember(
        given, {"python": "", "via": "docker exec -i web python", "via_root": "/app", "env_file": ["a", "b c"]}
    )
    assert setup.again(given, "undo").endswith(
        "-C shop --via 'docker exec -i web python' --via-root /app --env-file a --env-file 'b c' undo"
    )


def test_the_farewell_of_a_project_without_a_reset(tiny_project: Path) -> None:
    lines = farewell.where_you_are(arguments("-C", str(tiny_project)))
    assert lines == ["Nothing was begun; the project is unchanged."]


def pasted(said: str, label: str, folder: Path, *more: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run the line that was printed behind a label in a shell that knows no more than where it stands."""
    line = next(line for line in said.splitlines() if line.startswith(label)).removeprefix(label).partition("  (")[0]
    bare = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "XDG_STATE_HOME")}
    words = " ".join([line, *more])
    environment = bare | {"PATH": "/usr/bin:/bin", "HOME": str(folder / "home")}
    return subprocess.run(
        words,
        shell=True,
        cwd=folder,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.ride
def test_what_is_printed_at_the_end_works_when_it_is_pasted(tiny_project: Path) -> None:
    """Called by a path, with a state folder that only the caller knew, as `make demo` does."""
    folder = tiny_project.parent
    script = os.path.relpath(Path(sys.executable).parent / "migwizard", folder)
    where = (script, "-C", "tiny", "--python", sys.executable)
    environment = os.environ | {"XDG_STATE_HOME": str(folder / "a state"), "PATH": "/usr/bin:/bin"}
    left = subprocess.run(
        [*where, "--plain"],
        cwd=folder,
        env=environment,
        input="\n\nq\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    again = pasted(left.stderr, "Go on:   ", folder, typed="\nq\n")
    assert again.returncode == ExitCode.INTERRUPTED, again.stderr
    assert "--plain" in left.stderr, "lines were asked for, so lines they are"
    forgotten = pasted(again.stderr, "Forget:  ", folder, "--yes")
    assert forgotten.returncode == ExitCode.DONE, forgotten.stderr
    assert not (tiny_project / ".migwizard").exists()

    done = subprocess.run(
        [*where, "run", "--yes"], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert len(list((folder / "a state" / "migwizard").glob("tiny-*/*"))) == 1, done.stderr
    assert "note: Proof: equal: " in done.stderr, "what speaks for the swap is said before it"
    assert "Commit it: git add -A -- " in done.stderr
    again = pasted(
        done.stderr.replace(" undo\n", " run\n"), "Done. Undo, until something is built on it: ", folder, "--yes"
    )
    assert "was finished before, and nothing was done now." in again.stderr
    assert "Done." not in again.stderr
    undone = pasted(done.stderr, "Done. Undo, until something is built on it: ", folder, "--yes")
    assert undone.returncode == ExitCode.DONE, undone.stderr
    assert undone.stderr.splitlines()[-1].startswith("Taken back: 13 files, old and new, and the rows of 1 database.")
    assert not list((folder / "a state" / "migwizard").glob("tiny-*/*")), "the second backup lies where it was made"
    assert not (folder / "home").exists()


@pytest.mark.parametrize(
    ("called", "found", "printed"),
    [
        ("/bin/migwizard", "/bin/migwizard", "migwizard"),
        (".venv/bin/migwizard", None, ".venv/bin/migwizard"),
        (".venv/bin/migwizard", "/elsewhere/migwizard", ".venv/bin/migwizard"),
        ("/lib/migwizard/__main__.py", "/bin/migwizard", f"{sys.executable} -m migwizard"),
    ],
)
def test_the_command_is_called_again_as_it_was_called(
    called: str, found: str | None, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr(shutil, "which", lambda _: found)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert setup.again(arguments("-C", "a shop"), "undo") == f"{printed} -C 'a shop' undo"


@pytest.mark.parametrize(
    ("files", "databases", "says"),
    [
        (1, [], "Taken back: 1 file, old and new. The project is as it was before the reset."),
        (
            68,
            ["default", "b"],
            "Taken back: 68 files, old and new, and the rows of 2 databases. The project is as it was before the reset.",
        ),
        (0, [], "Removed the reset's own folder; nothing else had to be taken back."),
    ],
)
def test_the_farewell_after_an_undo_says_one_thing(
    files: int, databases: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = {"type": "result", "undone": "7d44", "files": files, "databases": databases}
    farewell.farewell(Ended(ExitCode.DONE, report=report), arguments("-C", str(tmp_path)))
    assert capsys.readouterr().err.strip() == says


@pytest.mark.ride
def test_ctrl_c_at_a_question_says_where_you_are(tiny_project: Path) -> None:
    environment = os.environ | {"XDG_STATE_HOME": str(tiny_project.parent / "state")}
    words = [sys.executable, "-m", "migwizard", "--plain", "-C", str(tiny_project), "--python", sys.executable]
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        said = ""
        while "Step 3 of 9" not in said or not said.endswith("\n> "):
            read = process.stderr.read(1)
            assert read, said
            said += read
            if said.endswith("\n> ") and "Step 3 of 9" not in said:
                process.stdin.write("\n")
                process.stdin.flush()
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Stopped at " in said
    assert "Nothing is lost. The project is unchanged." in said
    assert "Go on:   env XDG_STATE_HOME=" in said
    assert "Traceback" not in said


def test_what_came_along_undecided_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    seeds = [
        {"operation": "shop.0002_a#0", "verdict": "ask", "rung": "move"},
        {"operation": "shop.0003_b#0", "verdict": "ask", "rung": "move"},
        {"operation": "shop.0004_c#0", "verdict": "ask", "rung": None},
        {"operation": "shop.0005_d#0", "verdict": "seed", "rung": "move"},
        {"operation": "shop.0006_e#0", "verdict": "ask", "rung": "move"},
    ]
    answers = [
        {"question": "keep:shop.0002_a#0", "answer": "keep", "by": "--yes"},
        {"question": "keep:shop.0003_b#0", "answer": "keep", "by": "person"},
        {"question": "keep:shop.0006_e#0", "answer": "keep", "by": "answers file"},
    ]
    report: dict[str, Any] = {
        "state": "preflight",
        "files_after": None,
        "proof": None,
        "databases": {},
        "kept": [],
        "drift": [],
        "callers": [],
        "leftovers": [],
        "uncommitted": [],
    }
    say_figures(report | {"seeds": seeds, "answers": answers})
    assert capsys.readouterr().err == (
        "Kept, since nobody decided, though it did nothing here: shop.0002_a#0. The summary has the evidence.\n"
    )
