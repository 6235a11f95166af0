"""What was proved is more than the new migrations: the project's other files that the proof was made from, and that no commit has."""

from __future__ import annotations

from migwizard.engine.proving import sources
from migwizard.engine.ride import Ride
from migwizard.engine.swapping import git, swap

KEY = "uncommitted"
"""In the result of Done."""


def find(ride: Ride) -> list[str]:
    """Those, relative to the project, that git does not have as they are; none where there is no git."""
    changed = git.changed_files(ride.project.root)
    if not changed:
        return []
    root, swapped = ride.project.root.resolve(), {step.path for step in swap.made_steps(ride)}
    proved = {root / name: name for name in sources.of_proof(ride) if name not in swapped}
    # One that was taken out of the index is listed twice: as deleted, and as not tracked.
    return sorted({proved[path] for path in changed if path in proved and path.is_file()})
