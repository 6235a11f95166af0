"""What the reset reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DonePreview:
    """What was reached."""

    files_before: int
    files_after: int
    rendered_before: int
    """Model classes that a migrate from zero rendered, which is most of its time; 0: not known."""
    rendered_after: int
    proof: str
    databases: tuple[tuple[str, str], ...]
    left: tuple[tuple[str, str], ...]
    """(what, how) that the person still has to do."""
    commit_message: str
    commit: str
    """The git command that commits the reset with that message."""
    summary: str
    """One page of Markdown for the pull request."""
    saved: tuple[str, ...]
    """Where message and summary were written."""
    made: str = ""
    """What the files after are, in the words of Levels: "7 schema files, 5 seed files, 3 kept on top"; empty: not known."""
    apps: tuple[tuple[str, int, int], ...] = ()
    """(label, files before, files after), the greatest drop first."""
    decided: tuple[str, ...] = ()
    """Differences that a person accepted."""
    seconds_ride: float = 0.0
    """How long the engine worked, all states together."""
    elsewhere: int = 0
    """Databases that are switched and to which no alias leads now; `left` names them."""
    operations: str = ""
    """What became of the old data operations, in words; empty where there were none."""
