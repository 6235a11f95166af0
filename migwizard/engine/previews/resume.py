"""A reset that was begun earlier, and what changed since."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResumePreview:
    """A reset that was begun earlier."""

    state: str
    """The state that comes next."""
    when: str
    """ISO 8601: the last save."""
    done: tuple[str, ...]
    decided: tuple[str, ...]
    changed: tuple[str, ...]
    """What changed since, a sentence each."""
    stale: tuple[str, ...]
    """States that will be computed again."""
    applied: bool
    seconds: float = 0.0
    """How long these states took when they ran last; 0: not known."""
    finished: bool = False
    """Whether the reset came to its end."""
    built_on: bool = False
    """Whether migrations came on top of its new files, which an undo waits for."""
    stopped: str = ""
    """The state at which it was left."""
    staged: int = 0
    """New files that wait in staging."""
