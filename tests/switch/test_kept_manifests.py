"""Manifests live on in repositories for years: of every format some are kept, and read by us and by the script of today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migwizard.project.agent.switch.committed import read_manifest
from migwizard.switch.manifest import FORMAT, from_json

KEPT = sorted((Path(__file__).parent / "kept").glob("manifest-*.json"))


def test_one_of_every_format_is_kept() -> None:
    """Whoever raises FORMAT keeps a manifest of the new one here, and reads the older ones still."""
    assert {json.loads(path.read_bytes())["format"] for path in KEPT} == set(range(1, FORMAT + 1))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_each_is_read_with_both_histories(path: Path) -> None:
    kept, found = json.loads(path.read_bytes()), from_json(path.read_text())
    assert [list(node) for node in found.old_nodes] == kept["old"]["nodes"]
    assert [list(node) for node in found.new_nodes] == kept["new"]["nodes"]
    assert (found.run_id, list(found.apps)) == (kept["run_id"], kept["apps"])
    assert from_json(found.to_json()) == found
    assert read_manifest(str(path))["run_id"] == kept["run_id"]
