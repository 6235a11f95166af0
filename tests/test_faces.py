"""One JSON object a line, whoever reports it."""

from __future__ import annotations

import io
import json

import pytest

from migwizard.faces import emit


class Writes(io.StringIO):
    """Remembers each write by itself: what another thread could get between."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def write(self, text: str) -> int:
        self.seen.append(text)
        return super().write(text)


def test_a_line_reaches_stdout_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = Writes()
    monkeypatch.setattr("sys.stdout", stdout)
    emit({"type": "event", "text": "two\nlines"})
    emit({"type": "result"})
    assert [json.loads(text) for text in stdout.seen] == [{"type": "event", "text": "two\nlines"}, {"type": "result"}]
    assert all(text.endswith("\n") and text.count("\n") == 1 for text in stdout.seen)
