"""What the migration files in the tree are now, as the checkpoint and the journal know it."""

from __future__ import annotations

from typing import Literal

from migwizard.engine import journal
from migwizard.engine.checkpoint import Checkpoint
from migwizard.errors import ConflictError
from migwizard.paths import Workplace

Tree = Literal["old", "new", "half", "unknown"]
"""The files of before, those of the reset, some of each, or nobody can tell."""

SENTENCES: dict[Tree, str] = {
    "old": "The project is unchanged.",
    "new": "The new files are in the project.",
    "half": "The files are half swapped; the next start of migwizard finishes what was begun.",
    "unknown": "Whether files were swapped cannot be read.",
}


def tree_of(place: Workplace, found: Checkpoint | None) -> Tree:
    """The checkpoint alone does not say it: it is written when a swap has ended, the journal before it begins."""
    try:
        if journal.unfinished(place.journal) is not None:
            return "half"
    except (ConflictError, OSError):
        return "unknown"
    return "new" if found is not None and found.applied else "old"
