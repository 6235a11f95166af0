"""One difference between the database of the old history and that of the new one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "info"]

SHOWN = 80
"""The longest value, in characters, that is shown whole."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs, in words for a person and in fields for a program."""

    severity: Severity
    """`error` stands in the way of the swap until it is decided; `info` is only told."""

    kind: str
    """The kind of a fact, or `row`, or `counter`: how far a table has numbered its rows."""

    table: str | None
    name: str
    """The object's name; for a row its key, for a cell its key and column."""

    old: str | None
    """The definition or value in the old history; None where there is none."""

    new: str | None
    sentence: str

    digest: str = ""
    """A hash over both, where they are cut: who accepts a difference accepts no other that begins alike."""

    @property
    def of_rows(self) -> bool:
        """Whether it is about what is stored, not about the schema."""
        return self.kind in ("row", "counter")


def shorten(old: str, new: str) -> tuple[str, str]:
    """Both texts cut to at most `SHOWN` characters, where they differ."""
    if len(old) <= SHOWN and len(new) <= SHOWN:
        return old, new
    places = (place for place, (left, right) in enumerate(zip(old, new, strict=False)) if left != right)
    first = next(places, min(len(old), len(new)))
    start = max(0, first - SHOWN // 2) if first > SHOWN // 2 else 0
    return _window(old, start), _window(new, start)


def digest_of(*whole: str) -> str:
    """What tells texts apart of which not everything is shown; empty where it is."""
    if all(len(text) <= SHOWN for text in whole):
        return ""
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]


def _window(text: str, start: int) -> str:
    if len(text) <= SHOWN:
        return text
    head = "..." if start else ""
    room = SHOWN - len(head)
    tail = "..." if len(text) - start > room else ""
    return head + text[start : start + room - len(tail)] + tail
