"""Files of every format that was ever written are kept, and read: a reset is begun with one version and ended with another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from migwizard.engine.states import ORDER, State
from migwizard.engine.surviving.checkpoint import FORMAT, load_checkpoint
from migwizard.paths import Workplace

KEPT = Path(__file__).parent / "kept"


def test_a_file_of_every_format_is_kept() -> None:
    """Whoever raises FORMAT keeps a checkpoint of the new one here, which no later version may change."""
    formats = {json.loads(path.read_bytes())["format"] for path in KEPT.glob("checkpoint-*.json")}
    assert formats == set(range(1, FORMAT + 1))
    assert all(json.loads((KEPT / f"checkpoint-{number}.json").read_bytes())["format"] == number for number in formats)


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_each_is_read_with_all_that_it_says(tmp_path: Path, number: int) -> None:
    place = Workplace(tmp_path)
    place.create()
    shutil.copy(KEPT / f"checkpoint-{number}.json", place.checkpoint)
    shutil.copy(KEPT / f"journal-{number}.jsonl", place.journal)
    kept, found = json.loads(place.checkpoint.read_bytes()), load_checkpoint(place.checkpoint, tmp_path)
    assert found is not None
    assert (found.run_id, found.timestamp, found.state) == (kept["run_id"], kept["timestamp"], State(kept["state"]))
    for name in ("project", "tag", "fingerprints", "results", "files", "folders", "applied", "databases"):
        assert getattr(found, name) == kept[name], name
    assert found.identities == kept.get("identities", {})
    assert {key: answer.choice for key, answer in found.decisions.items()} == {
        key: answer["choice"] for key, answer in kept["decisions"].items()
    }
    assert found.applied
    assert set(found.results) >= set(ORDER) - {State.DONE}
    found.save(place.checkpoint)
    assert json.loads(place.checkpoint.read_bytes())["format"] == FORMAT
    assert load_checkpoint(place.checkpoint, tmp_path) == found
