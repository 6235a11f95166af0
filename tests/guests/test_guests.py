"""The oldest project that we serve: its Python reads the agent, and its Django runs the demo."""

from __future__ import annotations

from pathlib import Path

import pytest

import migwizard.project.agent
from tests import realworld
from tests.guests import page
from tests.guests.environments import PAIRS, find_python
from tests.subjects import run
from tests.traps.table import cells

OLDEST = PAIRS[0]
AGENT = Path(migwizard.project.agent.__file__).parent


def test_the_oldest_python_reads_every_file_of_the_agent(tmp_path: Path) -> None:
    python = find_python(OLDEST.python)
    if python is None:
        pytest.skip(f"there is no python{OLDEST.python} here")
    code = "import sys\nfor name in sys.argv[1:]: compile(open(name, encoding='utf-8').read(), name, 'exec')"
    done = run([python, "-c", code, *sorted(AGENT.rglob("*.py"))], tmp_path, check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_has_a_row_for_every_pair() -> None:
    assert list(cells(page.PAGE.read_text(encoding="utf-8"))) == [pair.name for pair in PAIRS], "run: make guests"


@pytest.mark.ride
@pytest.mark.skipif(not OLDEST.is_made, reason=f"{OLDEST.name} is not installed in {OLDEST.place}; run: make guests")
def test_the_demo_is_reset_and_undone_in_the_oldest_pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(realworld, "FOLDER", tmp_path)
    assert realworld.ride("demo", OLDEST.interpreter).failures == ()
