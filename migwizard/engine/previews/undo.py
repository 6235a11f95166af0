"""What can be taken back, and whether it can be taken back now."""

from __future__ import annotations

from dataclasses import dataclass

from migwizard.engine.findings import Finding


@dataclass(frozen=True, slots=True)
class UndoAct:
    """Something that was done and can be taken back."""

    what: str
    undone: str
    """What undoing it does."""
    at: str = ""
    """ISO 8601; empty where it was not noted."""
    more: tuple[str, ...] = ()
    """The files, or the rows, one a line."""


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """Everything that can be taken back, the newest first, and what was looked at."""

    acts: tuple[UndoAct, ...]
    looked: tuple[Finding, ...]
    backup: str
