"""The run of the new history that decides: a trial of the seeds may be it, where it was the same run in all that counts.

That is one from zero, as migrate runs it, of exactly the files that are to be proved, in the same sitting. It decides once:
whoever proves again runs them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migwizard.engine.proving import sources
from migwizard.engine.ride import Ride

NAME = "new"
"""The name of the run that decides."""
_KEPT = "trial that may decide"
"""Key in the facts of a ride, which are of this sitting and of this guest: what was run, and its result."""


def keep(ride: Ride, of: str, result: Mapping[str, Any]) -> None:
    """Keep the result of a trial, and no earlier one; `of` is the fingerprint of all that it was run from.

    One that was not run as migrate runs it decides nothing.
    """
    ride.facts.pop(_KEPT, None)
    if not result["lazy"]:
        ride.facts[_KEPT] = (of, result)


def take(ride: Ride, of: str) -> dict[str, Any] | None:
    """The kept result, where it is one of the same files and of the project as it is now; it is not kept any longer."""
    known, result = ride.facts.pop(_KEPT, ("", {"sources": {}}))
    same = known == of and result["sources"] == sources.hashes(ride, result["sources"])
    return dict(result) if same else None
