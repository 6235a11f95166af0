"""One thing, several things."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import migwizard
from migwizard.words.counting import count, one_of


def test_numbers_of_things() -> None:
    assert count(1, "file") == "1 file"
    assert count(0, "file") == "0 files"
    assert count(1500, "index") == "1,500 indexes"
    assert count(2, "part waits", "parts wait") == "2 parts wait"


def test_the_only_one_is_not_the_first_of_one() -> None:
    assert one_of(1, 1, "level") == "the only level"
    assert one_of(2, 1500, "level") == "level 2 of 1,500"


def texts() -> Iterator[tuple[str, str]]:
    """Every text in our own code, with its place."""
    for path in sorted(Path(migwizard.__file__).parent.rglob("*.py")):
        if "template" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield f"{path.name}:{node.lineno}", node.value


def test_no_sentence_leaves_the_plural_to_the_reader() -> None:
    assert [place for place, text in texts() if re.search(r"[a-z]\((s|es)\)", text)] == []
