"""What happened, what is unchanged, and the log beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class RefusalPreview:
    """Something that stands in the way of a state."""

    code: str
    sentence: str
    unchanged: str
    """What is unchanged, or what was changed and how it is taken back."""
    log: str
    """The log file; empty where there is none."""
    tree: Literal["", "old", "new", "half", "unknown"] = ""
    """What the migration files in the tree are now; empty: as it was said before."""
    undoable: bool = True
    """Whether undo could take back what was changed, as far as is known."""
    edits: str = ""
    """A file of ours that the person may change; then "edited" is the answer."""
