"""One explanation of guided mode."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explain:
    """What happens, why, what if it goes wrong, and the command behind it; at most 60 words in all."""

    what: str
    why: str = ""
    wrong: str = ""
    """What can go wrong, and how it is undone."""
    command: str = ""
