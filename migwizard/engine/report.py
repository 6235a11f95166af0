"""What a ride reached, for programs."""

from __future__ import annotations

from typing import Any

from migwizard.engine.ride import Ride
from migwizard.engine.staging.drift import migration_files
from migwizard.engine.states import ORDER
from migwizard.engine.swapping import callers, uncommitted


def report(ride: Ride) -> dict[str, Any]:
    """The last object of `run --json`; fields of states that were not reached are null."""
    results = ride.checkpoint.results
    preflight, levels, seeds = results.get("preflight", {}), results.get("levels", {}), results.get("seeds", {})
    proof = results.get("proof")
    finished = [state for state in ORDER if state in results]
    return {
        "type": "result",
        "state": finished[-1].value if finished else None,
        "run_id": ride.checkpoint.run_id,
        "files_before": preflight.get("files_before"),
        "files_after": len(migration_files(ride.checkpoint.files)) or None,
        "model_levels": results.get("graph", {}).get("model_levels"),
        "batch_levels": levels.get("batch_levels"),
        "deferred": levels.get("deferred"),
        "seeds": [
            {key: seed[key] for key in ("app", "operation", "verdict", "rung")} for seed in seeds.get("seeds", [])
        ],
        "objects": seeds.get("objects", []),
        "drift": seeds.get("drift", []),
        "kept": seeds.get("kept", []),
        "leftovers": results.get("done", {}).get("leftovers", []),
        uncommitted.KEY: results.get("done", {}).get(uncommitted.KEY, []),
        "commit": results.get("done", {}).get("commit"),
        callers.KEY: results.get("apply", {}).get(callers.KEY, []),
        "answers": [
            {"question": key, "answer": answer.choice, "by": answer.by}
            for key, answer in sorted(ride.checkpoint.decisions.items())
        ],
        "proof": {key: proof[key] for key in ("engine", "schema_equal", "rows_equal", "differences")}
        if proof
        else None,
        "databases": dict(ride.checkpoint.databases) or preflight.get("databases", {}),
        "certificate": str(ride.workplace.certificate.relative_to(ride.project.root)) if proof else None,
        "seconds": proof.get("seconds") if proof else None,
        "rendered": proof.get("rendered") if proof else None,
        "tests": results.get("apply", {}).get("tests"),
    }
