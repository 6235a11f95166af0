"""Which finished states stand while an earlier one is looked at once more: what a stepper shows of them."""

from __future__ import annotations

from collections.abc import Callable

from migwizard.engine.ride import Ride
from migwizard.engine.states import ORDER, State, before
from migwizard.errors import MigwizardError
from migwizard.words.counting import some


def names(ride: Ride) -> list[str]:
    """The states that have a result."""
    return [state.value for state in ORDER if state in ride.checkpoint.results]


def tell(ride: Ride, now: State, stale: Callable[[Ride], list[str]]) -> None:
    """Say which states after `now` are kept, and which are computed again; nothing where none of them is finished."""
    later = [name for name in names(ride) if before(now, State(name)) and before(State(name), State.APPLY)]
    if not later or ride.checkpoint.applied:
        return
    first = _first_stale(ride, later, stale)
    kept, again = later[:first], later[first:]
    parts = [f"still kept: {some(kept)}" if kept else "", f"computed again: {some(again)}" if again else ""]
    ride.tell("stands", "; ".join(filter(None, parts)), finished=names(ride), stale=again)


def _first_stale(ride: Ride, later: list[str], stale: Callable[[Ride], list[str]]) -> int:
    try:
        again = set(stale(ride))
    except MigwizardError:
        # The state that cannot be computed will say it, with its cures.
        return 0
    lost = (place for place, name in enumerate(later) if name in again or name not in ride.checkpoint.fingerprints)
    return next(lost, len(later))
