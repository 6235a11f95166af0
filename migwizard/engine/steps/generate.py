"""Generate: the project's makemigrations writes every batch into staging; literal and written text side by side."""

from __future__ import annotations

from typing import Any

from migwizard.engine.planning.plans import make_plan
from migwizard.engine.ride import Ride
from migwizard.engine.staging import edited, edits, packages


def run(ride: Ride) -> dict[str, Any]:
    """Write staging; the texts are kept beside it, the checkpoint has command lines and hashes."""
    planned = make_plan(ride)
    packages.prepare(ride, packages.planned_files(planned))
    edits.begin(ride)
    nodes = [(batch.app, batch.name) for batch in planned.plan.batches]
    report = packages.write_schema(ride, planned, {}, {node for nodes in planned.pins.values() for node in nodes})
    edited.settle(ride, nodes)
    ride.checkpoint.files = packages.staged_files(ride, nodes)
    return {"commands": [level["command"] for level in report], "files": len(planned.plan.batches)}
