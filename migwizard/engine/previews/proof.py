"""What the proof says, and each difference that a person decides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProofDifference:
    """One difference between the databases that old and new history build."""

    number: int
    sentence: str
    severity: str
    old: str
    new: str
    decision: str
    """accepted, or empty."""
    id: str = ""
    """The id of its question."""
    kind: str = ""
    """table, column, constraint, index, view, trigger, row or sequence."""
    table: str = ""
    causes: tuple[str, ...] = ()
    """The old operations behind it, as far as they were observed."""


@dataclass(frozen=True, slots=True)
class ProofPreview:
    """The certificate, as far as there is one."""

    engine: str
    equal: bool
    settled: bool
    figures: tuple[tuple[str, str, str, bool], ...]
    """(what, old, new, equal)"""
    differences: tuple[ProofDifference, ...]
    caveats: tuple[str, ...]
    text: str
    """The whole certificate; empty as long as there is none."""
    runs: tuple[tuple[str, str], ...] = ()
    """(run, what came of it): "55 files, 9.8 s"."""
    path: str = ""
    """Where the certificate lies, relative to the project."""
    operations: tuple[str, str] = ("", "")
    """How many old data operations there were, and what became of them: "12 kept, 7 not"; empty for none."""
