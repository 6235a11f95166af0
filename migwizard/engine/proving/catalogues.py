"""What both histories build, as the proof saw it: kept for the look at the tree, and at real databases."""

from __future__ import annotations

from pathlib import Path

from migwizard.engine.ride import Ride


def old_catalogue(ride: Ride) -> Path:
    """Where the catalogue of the old history is kept; written by each proof."""
    # Not "old-...": that is how kept runs are called, which the next run of that name removes.
    return ride.work / "before-catalogue.json"


def cut_catalogue(ride: Ride) -> Path:
    """Where the catalogue of the old history up to the cut is kept; written with the seeds, where there is one."""
    return ride.work / "cut-catalogue.json"


def proved_catalogue(ride: Ride) -> Path:
    """Where the catalogue of the new history is kept; written by each proof."""
    return ride.work / "new-catalogue.json"
