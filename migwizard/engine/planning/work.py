"""What a migrate from zero works on: the model classes that Django renders, which take nearly all of its time.

They can be counted exactly, and without running anything; seconds depend on the machine.
"""

from __future__ import annotations

from collections.abc import Mapping

from migwizard.engine.planning.plans import make_plan
from migwizard.engine.ride import Ride
from migwizard.project.guest import GuestError

KEY = "rendered"
"""Key of {"before": int, "after": int} in the results of states; empty where that is not known."""
FACTS = "rendered classes of the old history"


def predicted(ride: Ride) -> dict[str, int]:
    """Today, and with the files of the plan before seeds are added: what is planned, and what other apps bring."""
    if ride.without:
        # What stays on top of the new files is in neither number.
        return {}
    if FACTS not in ride.facts:
        ride.facts[FACTS] = _counted(ride)
    counted: dict[str, int] = ride.facts[FACTS]
    return {"before": counted["whole"], "after": make_plan(ride).plan.rendered + counted["others"]} if counted else {}


def _counted(ride: Ride) -> dict[str, int]:
    try:
        return dict(ride.guest.call("rendered", labels=list(ride.apps.labels), folders=ride.old_folders()))
    except GuestError:
        # A history that can be applied may still change states in ways that only its own order allows. It is but a figure.
        return {}


def in_words(found: Mapping[str, int] | None) -> str:
    """Both numbers in a sentence; empty where they are not known."""
    if not found:
        return ""
    less = round(100 * (1 - found["after"] / max(1, found["before"])))
    work = f"{abs(less)} % {'less' if less > 0 else 'more'} work" if less else "as much work"
    return (
        f"A migrate from zero renders about {found['after']:,} model classes with these files, and {found['before']:,} with the "
        f"old ones: {work}. What Seeds adds later comes on top."
    )
