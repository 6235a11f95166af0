"""That what a program starts counts as well, and what the events of a run tell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.spending import PROC, peaks, rounds, so_far, spend
from tests.bench.watching import Run, watch
from tests.subjects import Copy, SubjectError, environment

BUSY = "import os\nwhile os.times().user + os.times().system < 0.3: pass"
WITH_CHILD = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}], check=True)\n"
linux = pytest.mark.skipif(not PROC.is_dir(), reason="reads /proc")


def test_no_round_begins_that_would_end_too_late() -> None:
    assert len(rounds(lambda: None, most=3)) == 3
    assert len(rounds(lambda: None, most=3, seconds=-1.0)) == 1


def test_what_a_program_starts_is_spent_too_and_a_failure_is_told() -> None:
    spent, said = spend([sys.executable, "-c", WITH_CHILD + "print('done')"])
    assert spent.cpu > 0.25
    assert said == "done\n"
    with pytest.raises(SubjectError, match=r"ended with 3 .*\nso be it"):
        spend([sys.executable, "-c", "import sys\nprint('so be it')\nsys.exit(3)"])


@linux
def test_a_child_that_has_ended_counts_while_its_parent_still_runs() -> None:
    program = [sys.executable, "-c", WITH_CHILD + "print('done', flush=True)\ninput()"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        assert so_far(process.pid, 0.0).cpu > 0.25
        process.communicate("\n")


@linux
def test_the_memory_of_a_program_and_of_what_it_starts_are_told_apart(tmp_path: Path) -> None:
    large = "import time\nheld = b'x' * (100 * 2**20)\ntime.sleep(1)"
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {large!r}], check=True)"
    own, child = peaks([sys.executable, "-c", program], tmp_path, environment())
    assert 0 < own < 100 < child


class Scripted(Copy):
    """A project for which a script answers in place of migwizard."""

    def migwizard_command(self, *arguments: str) -> list[str | Path]:
        return [sys.executable, "-c", (self.root / "script.py").read_text()]


def scripted(folder: Path, *lines: object, ends_with: int = 0) -> Copy:
    said = "\n".join(map(json.dumps, lines))
    (folder / "script.py").write_text(f"print({said!r})\nraise SystemExit({ends_with})")
    return Scripted("shop", folder, Path(sys.executable))


def event(kind: str, state: str, **data: object) -> dict[str, object]:
    return {"type": "event", "event": kind, "state": state, "text": "", "data": data}


@linux
def test_a_run_is_watched_by_its_states_and_histories(tmp_path: Path) -> None:
    old = {"run": "old", "seconds": 2.0, "kept": False}
    copy = scripted(
        tmp_path,
        event("begin", "seeds"),
        event("run", "seeds", **old),
        event("end", "seeds"),
        event("begin", "proof"),
        event("run", "proof", **{**old, "kept": True}),
        event("end", "proof"),
        {"type": "result"},
    )
    found = watch(copy)
    assert list(found.states) == ["seeds", "proof"]
    assert found.runs == [Run("seeds", "old", 2.0, False), Run("proof", "old", 2.0, True)]
    assert found.whole.wall > 0


@linux
def test_a_run_that_fails_says_its_last_line(tmp_path: Path) -> None:
    with pytest.raises(SubjectError, match=r"ended with 4 .*undecided"):
        watch(scripted(tmp_path, event("begin", "seeds"), {"type": "error", "code": "undecided"}, ends_with=4))
