"""The cures of an old history that fails: a scratch copy of the migration, for a person to change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from migwizard.engine.proving import scratchcopies
from migwizard.engine.proving.scratchcopies import ScratchCopy
from migwizard.engine.refusals.case import Offer, Refused
from migwizard.engine.staging.unified import unified
from migwizard.engine.talk import Choice

if TYPE_CHECKING:
    from migwizard.engine.options import Opening

EDITED = "edited"
"""Key of the choice that runs what a person changed; a face with an editor opens it before."""


def copy_of(case: Refused) -> ScratchCopy | None:
    """The scratch copy of the migration that failed, if one was made."""
    name = case.details.get("failing")
    return scratchcopies.find(case.place, str(name)) if name and case.place else None


def scratch_copy(case: Refused) -> Iterator[Offer]:
    """Make a copy; then change it, run it, read what was changed, or let the original count again."""
    place, name = case.place, str(case.details.get("failing", ""))
    if place is None or not name or not scratchcopies.is_ours(place, name):
        return

    def make(_: str) -> None:
        scratchcopies.make(place, name, Path(str(case.details["file"])))

    copy = copy_of(case)
    if copy is None:
        effect = "makes one in our own folder, for the proof alone; your project's file stays as it is"
        yield Offer(Choice("scratch", effect, "Edit a scratch copy of it"), make)
        return
    yield from _offers_of(case, copy, str(copy.path.relative_to(place.root)))


def _offers_of(case: Refused, copy: ScratchCopy, where: str) -> Iterator[Offer]:
    # A person may have removed the copy while the question was open: what can be done then is asked anew.
    def run(_: str) -> Opening | None:
        there = copy_of(case)
        return None if there is None or there.problem else case.open_again()

    def give_up(_: str) -> Opening | None:
        there = copy_of(case)
        if there is None:
            return None
        scratchcopies.set_aside(there)
        return case.open_again()

    ready = f"the old history is run with {where} in the place of {copy.name}"
    effect = f"change {where} first: {copy.problem}" if copy.problem else ready
    yield Offer(Choice(EDITED, effect, "Run the scratch copy"), run)
    if copy.data != copy.original:
        old, new = copy.original.decode(errors="replace"), copy.data.decode(errors="replace")
        shown = unified(old, new, copy.name, where)
        yield Offer(Choice("change", "shows how it differs from your project's file", "Show my change", shows=shown))
    yield Offer(
        Choice("original", "your text is kept beside it; the project's own file is run", "Drop the copy"), give_up
    )
