"""What was proved is more than the new migrations: the files that only migrations load, of which no commit has what the proof was made from.

What the project loads at its start is left out: Preflight has asked about it, and settings may hold what nobody should commit.
"""

from __future__ import annotations

from migwizard.engine.proving import sources
from migwizard.engine.ride import Ride
from migwizard.engine.swapping import git, swap

KEY = "uncommitted"
"""In the result of Done."""


def find(ride: Ride) -> list[str]:
    """Those, relative to the project, that git does not have as they are; none where there is no git."""
    root, swapped = ride.project.root.resolve(), {step.path for step in swap.made_steps(ride)}
    alone = {*sources.of_proof(ride)} - swapped - ride.guest.sources.keys()
    proved = {root / name: name for name in alone}
    changed = git.changed_files(root, proved) or ()
    # One that was taken out of the index is listed twice: as deleted, and as not tracked.
    return sorted({proved[path] for path in changed if path in proved and path.is_file()})
