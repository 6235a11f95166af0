"""Whether a reset was retired here: then undo and the wizard would take its files for edited ones."""

from __future__ import annotations

from migwizard.engine.surviving import journal
from migwizard.engine.surviving.acting import Acts
from migwizard.errors import ConflictError
from migwizard.paths import Workplace


def acts_of(place: Workplace) -> Acts:
    return Acts(place, "retired")


def is_retired(place: Workplace) -> bool:
    """Whether it was done, or begun."""
    return bool(journal.swaps(acts_of(place).journal))


def refuse(place: Workplace) -> None:
    """Raise ConflictError where it was."""
    if is_retired(place):
        raise ConflictError(
            "This reset was retired: guards and manifest are gone from your files, so nothing of it is taken back or done "
            "again. Nothing was changed.",
            code="retired",
            cures=(
                "To take the reset back, end its retirement first: migwizard retire --undo",
                f"To reset anew, move the folder {place.folder.name} away; its second backup stays.",
            ),
        )
