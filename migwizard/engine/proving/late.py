"""Whether scratch runs of a reset may render models late, and the end of it once something spoke against it.

Doubts that show while a history runs are settled there: it is run again as migrate runs it. These show later, when seeds were
judged by what the old history seemed to leave: then it is run as migrate runs it once, and late rendering ends where that
built something else.
"""

from __future__ import annotations

from migwizard.engine.ride import Ride
from migwizard.engine.surviving import durable
from migwizard.project.guest import GuestError

MARK = "stock"
"""Work file that says so, with the reason."""

ASKED = "--stock-proof"
"""The reason where a person asked for it."""


WHY_NOT = "why not late"
"""Key in the result of a run that was begun with late rendering and run again without: a sentence."""
DOUBT = "Late rendering might build something else here:"
"""How that sentence begins where nothing failed."""


def why_not(error: GuestError) -> str:
    """Why a history was run again as migrate runs it."""
    failed, _, doubt = error.sentence.partition("DoubtError: ")
    return f"{DOUBT} {doubt}" if doubt else f"With late rendering it stopped: {failed}"


class LateRenderingError(Exception):
    """What late rendering built may not be what migrate builds; says why."""


def is_off(ride: Ride) -> bool:
    """Whether everything is run as migrate runs it."""
    return ride.options.stock_proof or (ride.work / MARK).is_file()


def remember(ride: Ride) -> None:
    """What the command line asked for once holds for the whole reset, in every sitting."""
    path = ride.work / MARK
    if ride.options.stock_proof:
        if not path.is_file():
            durable.write_file(path, ASKED.encode())
    elif path.is_file() and path.read_bytes() == ASKED.encode():
        ride.tell("note", f"This reset was begun with {ASKED}, so both histories are run as migrate runs them.")


def turn_off(ride: Ride, why: str) -> None:
    """From now on run everything as migrate does, also after a kill."""
    durable.write_file(ride.work / MARK, why.encode())
    ride.tell("note", f"{why} From here on both histories are run as migrate runs them, which takes longer.")
