"""What a change does to files, counted as `git diff --stat` counts it: before it is made, and without git."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migwizard.words.counting import count

WIDTH = 78
BARS = 24
"""Columns for the longest row of + and -."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file: lines that come and lines that go."""

    path: str
    added: int
    removed: int


def count_lines(data: bytes) -> int:
    """Lines as git counts them: a last one without a newline is a line too."""
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))


def table(changes: Sequence[Change], width: int = WIDTH) -> str:
    """One line a file, and a line of totals; empty where nothing changes."""
    if not changes:
        return ""
    changes = sorted(changes, key=lambda change: change.path)
    numbers = len(str(max(change.added + change.removed for change in changes)))
    room = max(16, width - BARS - numbers - 5)
    names = [_shortened(change.path, room) for change in changes]
    longest = max(map(len, names))
    scale = min(1.0, BARS / max(1, *(change.added + change.removed for change in changes)))
    lines = [
        f" {name:<{longest}} | {change.added + change.removed:>{numbers}} {_bar(change, scale)}".rstrip()
        for name, change in zip(names, changes, strict=True)
    ]
    return "\n".join([*lines, _totals(changes)])


def _shortened(path: str, room: int) -> str:
    """The end of a path, which tells more than its beginning."""
    return path if len(path) <= room else f"...{path[3 - room :]}"


def _bar(change: Change, scale: float) -> str:
    """At least one sign for what is there at all."""
    plus, minus = (max(1, round(number * scale)) if number else 0 for number in (change.added, change.removed))
    return "+" * plus + "-" * minus


def _totals(changes: Sequence[Change]) -> str:
    added, removed = sum(change.added for change in changes), sum(change.removed for change in changes)
    return f" {count(len(changes), 'file')} changed, {count(added, 'line')} in (+), {count(removed, 'line')} out (-)"
