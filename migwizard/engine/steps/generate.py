"""Generate: the project's makemigrations writes every batch into staging; literal and written text side by side."""

from __future__ import annotations

from typing import Any

from migwizard.engine import edited, edits, staging
from migwizard.engine.planning import make_plan
from migwizard.engine.ride import Ride


def run(ride: Ride) -> dict[str, Any]:
    """Write staging; the texts are kept beside it, the checkpoint has command lines and hashes."""
    planned = make_plan(ride)
    staging.prepare(ride, staging.planned_files(planned))
    edits.begin(ride)
    nodes = [(batch.app, batch.name) for batch in planned.plan.batches]
    report = staging.write_schema(ride, planned, {}, {node for nodes in planned.pins.values() for node in nodes})
    edited.settle(ride, nodes)
    ride.checkpoint.files = staging.staged_files(ride, nodes)
    return {"commands": [level["command"] for level in report], "files": len(planned.plan.batches)}
