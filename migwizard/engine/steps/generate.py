"""Generate: the project's makemigrations writes every batch into staging; literal and written text side by side."""

from __future__ import annotations

import json
from typing import Any

from migwizard.engine import durable, staging
from migwizard.engine.planning import make_plan
from migwizard.engine.ride import Ride


def run(ride: Ride) -> dict[str, Any]:
    """Write staging; the texts go to `work/levels.json`, the checkpoint keeps the command lines and the hashes."""
    planned = make_plan(ride)
    staging.prepare(ride)
    report = staging.write_schema(ride, planned, {}, {node for nodes in planned.pins.values() for node in nodes})
    returns = {
        (batch.app, batch.name): [
            {
                "what": item.label,
                "parts": list(item.parts),
                "returns_in": item.returns_in,
                "returns_at": item.returns_at,
            }
            for item in batch.deferred
        ]
        for batch in planned.plan.batches
    }
    for level in report:
        for file in level["files"]:
            file["stripped"] = returns[file["app"], file["name"]]
    durable.write_file(ride.workplace.work / "levels.json", json.dumps(report, indent=1).encode())
    ride.checkpoint.files = staging.staged_files(ride, [(batch.app, batch.name) for batch in planned.plan.batches])
    return {"commands": [level["command"] for level in report], "files": len(planned.plan.batches)}
