"""What the checks of preflight have seen."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Seen:
    """What the checks leave for the result and for the questions."""

    drift: dict[str, list[str]] = field(default_factory=dict)
    asks: list[str] = field(default_factory=list)
    """What makemigrations would ask about the drift, which only a person can answer."""
    loses: list[str] = field(default_factory=list)
    """Changes of the drift that remove values from databases."""
    databases: dict[str, str] = field(default_factory=dict)
    elsewhere: tuple[str, ...] | None = ()
    """Files outside of the migrations folders that are not committed; None where there is no git."""
