"""Level review: batches, their levels, and what has to wait."""

from __future__ import annotations

from typing import Any

from migwizard.engine.planning import work
from migwizard.engine.planning.plans import Planned, make_plan
from migwizard.engine.ride import Ride
from migwizard.plan.plan import Plan


def run(ride: Ride) -> dict[str, Any]:
    """Plan the batches."""
    planned = make_plan(ride)
    _foresee(ride, planned)
    ride.checkpoint.tag = planned.tag
    return plan_data(planned.plan) | {"tag": planned.tag, "source": planned.source, work.KEY: work.predicted(ride)}


def _foresee(ride: Ride, planned: Planned) -> None:
    """Say now where an app that was left out may be in the way of Seeds: rows that its code reads come after it."""
    for label in ride.apps.excluded:
        migrations = planned.externals[label].migrations if label in planned.externals else ()
        for place, migration in enumerate(migrations):
            behind = {(label, each.name) for each in migrations[place:]}
            later = {batch.app for batch in planned.plan.batches if behind.intersection(batch.dependencies)}
            if apps := sorted(later & {app for app, _ in migration.used}):
                ride.tell(
                    "note",
                    f"{label} is left out. Its {migration.name} runs code on models of {', '.join(apps)}, whose new files come "
                    f"after it: where that code may read rows, Seeds refuses this. Taken in at Graph, {label} is in nobody's way.",
                )
                break


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan as JSON-able data."""
    return {
        "batch_levels": len(plan.levels),
        "commands": [f"manage.py makemigrations {' '.join(batch.app for batch in level)}" for level in plan.levels],
        "components": [list(component) for component in plan.components],
        "batches": [
            {
                "app": batch.app,
                "name": batch.name,
                "level": batch.level,
                "dependencies": [list(node) for node in batch.dependencies],
                "run_before": [list(node) for node in batch.run_before],
                "replaces": [list(node) for node in batch.stands_for],
                "deferred": [
                    {
                        "what": item.label,
                        "parts": list(item.parts),
                        "waits_for": list(item.waits_for),
                        "returns_in": item.returns_in,
                        "returns_at": item.returns_at,
                    }
                    for item in batch.deferred
                ],
            }
            for batch in plan.batches
        ],
        "deferred": len(plan.deferred),
    }
