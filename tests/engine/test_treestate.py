"""What the tree holds is told truly when a swap was stopped half way."""

from __future__ import annotations

import argparse
import errno
import sys
from pathlib import Path
from typing import Any

import pytest

from migwizard.commands.farewell import where_you_are
from migwizard.engine.previews import RefusalPreview
from migwizard.engine.surviving import durable, journal
from migwizard.engine.surviving.journal import Entry
from migwizard.engine.surviving.treestate import tree_of
from migwizard.engine.talk import Question
from migwizard.errors import ConflictError
from migwizard.paths import Workplace
from tests.engine.persons import Person, sit_down
from tests.engine.support import Shop


def test_the_journal_knows_more_than_the_checkpoint(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    assert tree_of(place, None) == "old"
    entry = Entry("apply", "7d44", ())
    journal.begin(place.journal, entry)
    assert tree_of(place, None) == "half"
    journal.end(place.journal, entry)
    assert tree_of(place, None) == "old"
    place.journal.write_text("{\n")
    assert tree_of(place, None) == "unknown"


@pytest.mark.ride
def test_a_full_disk_in_the_middle_of_the_swap(tiny_proved: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    real, written, seen = durable.write_file, [], {}

    def full(path: Path, data: bytes, *more: Any) -> None:
        if "migrations" in path.parts and ".migwizard" not in path.parts:
            written.append(path)
            if len(written) == 2:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
        real(path, data, *more)

    def look(question: Question) -> str:
        names = argparse.Namespace(
            project=str(tiny_proved.root),
            python=sys.executable,
            settings=None,
            plain=False,
            via=None,
            via_root=None,
            env_file=[],
            scratch=[],
        )
        seen["said"] = where_you_are(names)
        return "quit"

    monkeypatch.setattr(durable, "write_file", full)
    person = Person({"apply": ["apply"], "refusal:disk-full": [look]}, goes_on=True)
    sit_down(tiny_proved.root, person)
    question = person.asked("refusal:disk-full")
    assert "half swapped" in question.text and "unchanged" not in question.text
    assert isinstance(question.preview, RefusalPreview) and question.preview.tree == "half"
    assert not [choice.key for choice in question.choices if choice.key == "back" or choice.key.startswith("to:")]
    assert "half swapped" in seen["said"][0] and "unchanged" not in seen["said"][0]
    assert any(line.startswith("Undo:") for line in seen["said"])
    assert any(line.startswith("Backup:") for line in seen["said"])


@pytest.mark.parametrize(
    "line", ["{}", "[]", '{"event": "begin", "kind": "apply"}', '{"event": 1'], ids=["empty", "list", "half", "cut"]
)
def test_a_journal_that_tells_of_nothing_is_refused_in_words(tmp_path: Path, line: str) -> None:
    journal_file = tmp_path / "journal.jsonl"
    journal_file.write_text(f"{line}\n")
    with pytest.raises(ConflictError) as refused:
        journal.unfinished(journal_file)
    assert refused.value.code == "journal-corrupt"
