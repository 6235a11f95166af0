"""The old operations that no autodetector sees, each with its verdict."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeedLine:
    """An old operation that no autodetector sees."""

    id: str
    app: str
    describe: str
    """A short name: "shop.0004 load_rates", "shop.0007 CREATE VIEW"."""
    verdict: str
    """seed, schema SQL, both, one-time, or ask."""
    left: str
    """What it left on an empty database, as counts: "12 rows, 1 view"."""
    how: str
    """How it is kept: moved, carried, as rows, ...; empty where it is left out."""
    evidence: str
    """What was seen when it ran, a line each; the first says it in short."""
    reason: str
    """Why it is kept in no gentler way, or why it cannot be kept; empty where it is moved."""
    source: str
    file: str
    """The seed file that it goes into, "app/name"; empty where it is left out."""
    decided: str = ""
    """The person's verdict: keep or drop."""
    price: str = ""
    """What overruling the verdict costs, in a sentence; empty where it cannot be overruled."""
    ladder: tuple[tuple[str, str, str], ...] = ()
    """The ways of keeping it, the gentlest first: (way, passed / failed / not needed, why)."""
    lines: tuple[tuple[int, int], ...] = ()
    """The lines of the seed file that are its own: (first, last), from 1."""


@dataclass(frozen=True, slots=True)
class SeedsPreview:
    """Verdicts and seed files."""

    seeds: tuple[SeedLine, ...]
    objects: tuple[tuple[str, str, str], ...]
    """(kind, name, where it comes from)"""
    files: tuple[tuple[str, str, str], ...]
    """(app/name, path, text)"""
    open: tuple[str, ...] = ()
    """The operations that wait for a verdict."""
    faster: str = ""
    """What dependencies for the order alone save, or would."""
