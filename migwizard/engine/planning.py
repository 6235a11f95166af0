"""From the guest's facts to a plan, for the states that need one and for `migwizard plan`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.errors import MigwizardError
from migwizard.plan.naming import choose_tag
from migwizard.plan.operations import External, Operation
from migwizard.plan.schedule import Plan, PlanError, schedule

Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan with what it was made from."""

    plan: Plan
    operations: dict[str, Operation]
    externals: dict[str, External]
    source: str
    """What the new history builds: "models", or "history" where drift is left as it is."""
    tag: str
    pins: dict[Node, tuple[Node, ...]]
    """New migrations that stand in for old ones which third parties name."""


def known_names(history: dict[str, Any]) -> set[Node]:
    """Every name that a database of this project may have recorded: on disk, or replaced by an earlier squash."""
    names = {(app, name) for app, name, _ in history["disk"]}
    for replaced in history["replaces"].values():
        names.update((app, name) for app, name in replaced)
    return names


def drift_is_left(ride: Ride) -> bool:
    """Whether models and old history disagree and the new history follows the old one."""
    return bool(ride.checkpoint.results.get("drift")) and _decision(ride, "drift") != "fold"


def _decision(ride: Ride, question: str) -> str | None:
    answer = ride.checkpoint.decisions.get(question)
    return answer.choice if answer else None


def make_plan(ride: Ride) -> Planned:
    """Read the operations and schedule them. Raises MigwizardError where they cannot be ordered."""
    if "plan" in ride.facts:
        planned: Planned = ride.facts["plan"]
        return planned
    history = ride.history()
    source = "history" if drift_is_left(ride) else "models"
    facts = ride.operations(source)
    operations = [Operation.from_facts(item) for item in facts["operations"]]
    externals = {label: External.from_facts(label, item) for label, item in history["external"].items()}
    tag = choose_tag(ride.project.config.tag, known_names(history))
    try:
        plan = schedule(operations, externals, facts["swappable_targets"], tag)
    except PlanError as error:
        raise MigwizardError(
            f"The operations cannot be ordered. {error} Nothing was changed.",
            code="plan",
            cures=("Leave one app out.",),
        ) from error
    planned = Planned(plan, {op.id: op for op in operations}, externals, source, tag, _pins(plan, externals))
    ride.facts["plan"] = planned
    return planned


def _pins(plan: Plan, externals: dict[str, External]) -> dict[Node, tuple[Node, ...]]:
    """Each old migration that a third party names is stood in for by the first new migration of its app."""
    named: dict[str, set[str]] = {}
    for external in externals.values():
        for app, name, _ in external.waits_named:
            named.setdefault(app, set()).add(name)
    firsts: dict[str, str] = {}
    for batch in plan.batches:
        firsts.setdefault(batch.app, batch.name)
    return {
        (app, firsts[app]): tuple((app, name) for name in sorted(names))
        for app, names in sorted(named.items())
        if app in firsts
    }
