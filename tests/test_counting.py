"""One thing, several things."""

from __future__ import annotations

from migwizard.words.counting import count


def test_numbers_of_things() -> None:
    assert count(1, "file") == "1 file"
    assert count(0, "file") == "0 files"
    assert count(1500, "index") == "1,500 indexes"
    assert count(2, "part waits", "parts wait") == "2 parts wait"
