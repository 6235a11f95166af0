"""One measured figure, and what is said about it: whether it reaches its target, and whether it got worse."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

SLOWER = "SLOWER"
MISSED = "MISSED"
OK = "ok"

# What a measured figure may be worse by, as a share of what it was and at least as a number; two runs differ by that.
NOISE, LEAST_NOISE = 0.25, 0.05
# What is counted hardly differs: another version of Django may render a class more or less.
COUNTED = 0.02


class Kind(StrEnum):
    """How a figure came about, which says what a worse one means. Smaller is better for all that are judged."""

    MEASURED = "measured"
    """By a clock, or as memory: two runs differ."""
    COUNTED = "counted"
    """The same whenever the same code runs."""
    SHOWN = "shown"
    """Said to show the size of things; never judged."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and the most that it should be."""

    what: str
    value: float
    target: float | None = None
    kind: Kind = Kind.MEASURED


def ratio(what: str, ours: Sequence[float], theirs: Sequence[float], target: float | None = None) -> Figure:
    """The median of the ratios of each round."""
    return Figure(what, statistics.median(one / other for one, other in zip(ours, theirs, strict=True)), target)


def shown(what: str, values: Iterable[float]) -> Figure:
    """The median of what stands beside the ratios."""
    return Figure(what, statistics.median(values), kind=Kind.SHOWN)


def is_slower(now: Figure, before: Figure) -> bool:
    """Whether a figure is worse than it was, by more than two runs differ."""
    worse = now.value - before.value
    if now.kind is Kind.SHOWN:
        return False
    if now.kind is Kind.COUNTED:
        return worse > COUNTED * before.value
    return worse > NOISE * before.value and worse > LEAST_NOISE


def verdict(now: Figure, before: Figure | None) -> str:
    """What stands in the last column; `before` is the same figure of the last commit."""
    words = []
    if now.target is not None:
        words.append(OK if now.value <= now.target else MISSED)
    if before is not None and is_slower(now, before):
        words = [word for word in words if word == MISSED] + [f"{SLOWER} ({before.value:.2f} before)"]
    return ", ".join(words)


def in_digits(value: float) -> str:
    """Two places for ratios and seconds; none for what is large, or is counted."""
    return f"{value:,.0f}" if value >= 100 or isinstance(value, int) else f"{value:.2f}"
