"""What the migration files in the tree are now, as the checkpoint and the journal know it."""

from __future__ import annotations

from typing import Literal

from migwizard.engine.surviving import journal, recovery
from migwizard.engine.surviving.checkpoint import Checkpoint
from migwizard.errors import ConflictError
from migwizard.paths import Workplace

Tree = Literal["old", "new", "half", "unknown"]
"""The files of before, those of the reset, some of each, or nobody can tell."""

SENTENCES: dict[Tree, str] = {
    "old": "The project is unchanged.",
    "new": "The new files are in the project.",
    "half": "The files are half swapped; migwizard can finish that, or take it back.",
    "unknown": "Whether files were swapped cannot be read.",
}


def tree_of(place: Workplace, found: Checkpoint | None) -> Tree:
    """The checkpoint alone does not say it: it is written when a swap has ended, the journal before it begins.

    Where our folder is gone, the copy of the journal beside the second backup says it.
    """
    try:
        if journal.unfinished(place.journal) is not None:
            return "half"
        if found is None and any(one.half for one in recovery.earlier(place)):
            return "half"
    except (ConflictError, OSError):
        return "unknown"
    return "new" if found is not None and found.applied else "old"
