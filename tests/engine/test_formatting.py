"""New files as the project would write them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from migwizard.engine.surviving import durable
from migwizard.seeds.guard import remove_guard
from tests.engine.support import Shop

RUFF = Path(sys.executable).parent / "ruff"
SETTINGS = "line-length = 60\n"


def test_what_is_proved_is_formatted(tiny: Shop) -> None:
    settings = tiny.root / "ruff.toml"
    settings.write_text(SETTINGS)
    tiny.migwizard("run", "--yes", "--until", "seeds")
    files = json.loads((tiny.root / ".migwizard/checkpoint.json").read_text())["files"]
    assert len(files) == 4
    for name, digest in files.items():
        staged = tiny.staging / name
        assert durable.file_hash(staged) == digest
        said = [str(RUFF), "format", "--check", "--no-cache", "--config", str(settings), str(staged)]
        assert subprocess.run(said, check=False, capture_output=True).returncode == 0, staged.read_text()
    guarded = [text for name in files if "StopIfNotSwitched" in (text := (tiny.staging / name).read_text())]
    assert guarded
    assert not [text for text in guarded if "StopIfNotSwitched" in remove_guard(text)]
    levels = json.loads((tiny.root / ".migwizard/work/levels.json").read_text())
    literal = [item["text"] for level in levels for file in level["files"] for item in file["literal"]]
    assert not [text for text in literal if "name='" in text], "both sides of the diff are formatted"


def test_a_formatter_that_fails_is_a_note(tiny: Shop) -> None:
    (tiny.root / "ruff.toml").write_text("line-length = 'wide'\n")
    events = tiny.lines("run", "--yes", "--until", "generate")
    notes = [line["text"] for line in events if line.get("event") == "note"]
    assert [note for note in notes if note.startswith("The new files are not formatted: ruff failed")]
    assert list(tiny.staging.rglob("0001_reset_initial.py"))
