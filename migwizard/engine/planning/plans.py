"""From the guest's facts to a plan, for the states that need one and for `migwizard plan`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from migwizard.engine.planning import keeping, replacing
from migwizard.engine.ride import Ride
from migwizard.errors import MigwizardError, UsageError
from migwizard.plan.naming import choose_tag
from migwizard.plan.neighbours import Neighbours, places_behind
from migwizard.plan.operations import External, Node, Operation
from migwizard.plan.renaming import NamingError, checked_name, checked_tag, numbered_below, renamed
from migwizard.plan.schedule import OrderError, Plan, PlanError, schedule


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan with what it was made from."""

    plan: Plan
    operations: dict[str, Operation]
    externals: dict[str, External]
    source: str
    """What the new schema files build: "models", or "history" where there is drift, or something is kept on top of them."""
    tag: str
    names: dict[Node, str]
    """What the planner would have called the files that a person named, by their names now."""
    pins: dict[Node, tuple[Node, ...]]
    """New migrations that replace old ones by name, and which."""
    named: dict[Node, tuple[Node, ...]]
    """Those of them that third parties name."""


def known_names(history: dict[str, Any]) -> set[Node]:
    """Every name that a database of this project may have recorded: on disk, or replaced by an earlier squash."""
    names = {(app, name) for app, name, _ in history["disk"]}
    for replaced in history["replaces"].values():
        names.update((app, name) for app, name in replaced)
    return names


def decided(ride: Ride, kind: str) -> dict[str, str]:
    """A person's decisions about the plan whose id begins with `kind`, by the rest of the id; the answers file first."""
    found = {key: answer.choice for key, answer in ride.checkpoint.decisions.items()} | dict(ride.options.answers)
    return {key.removeprefix(kind): value for key, value in found.items() if key.startswith(kind)}


def cycle_id(apps: Iterable[str]) -> str:
    """How a cycle is called in decisions: by its apps, since its number may change."""
    return "+".join(sorted(apps))


def make_plan(ride: Ride) -> Planned:
    """Read the operations and schedule them. Raises MigwizardError where they cannot be ordered."""
    if "plan" in ride.facts:
        planned: Planned = ride.facts["plan"]
        return planned
    history = ride.history()
    # Databases have what the old history built: what is folded in, or kept, comes on top as migrations that they really apply.
    source = "history" if ride.checkpoint.results.get("drift") or ride.without else "models"
    facts = ride.operations(source)
    if "plan:operations" not in ride.facts:
        ride.facts["plan:operations"] = [Operation.from_facts(item) for item in facts["operations"]]
    operations: list[Operation] = ride.facts["plan:operations"]
    externals = {label: External.from_facts(label, item) for label, item in history["external"].items()}
    _refuse_lost(ride, Neighbours(operations, externals))
    known = known_names(ride.whole_history())
    tag = choose_tag(_tag(ride), known)
    wishes = run_before(ride)
    plan = _schedule(ride, operations, externals, facts["swappable_targets"], tag, wishes)
    _refuse_torn(ride, Neighbours(operations, externals, wishes), plan)
    plan = numbered_below(_with_above(ride, plan), tag, keeping.highest(ride))
    names = _names(ride, plan, tag, known)
    plan = renamed(plan, names)
    by_new_name = {(app, new): old for (app, old), new in names.items()}
    named = pins_of(plan)
    plan = replacing.in_plan(ride, plan)
    by_id = {op.id: op for op in operations}
    planned = Planned(plan, by_id, externals, source, tag, by_new_name, pins_of(plan), named)
    ride.facts["plan"] = planned
    return planned


def pins_of(plan: Plan) -> dict[Node, tuple[Node, ...]]:
    """The batches that replace old migrations by name."""
    return {(batch.app, batch.name): batch.stands_for for batch in plan.batches if batch.stands_for}


def run_before(ride: Ride) -> list[tuple[str, Node]]:
    """The old wishes of the apps that are reset to come before a migration of others: (app, that migration)."""
    above = set(keeping.kept(ride).above)
    return [(app, node) for app, node in _wishes(ride) if node not in above]


def _wishes(ride: Ride) -> list[tuple[str, Node]]:
    labels = set(ride.apps.labels)
    folded = {(node["app"], node["name"]) for node in ride.history()["nodes"]}
    return [
        (node["app"], (app, name))
        for node in ride.whole_history()["nodes"]
        for app, name in (node["run_before"] if node["app"] in labels else ())
        if app not in labels and (node["app"], node["name"]) in folded
    ]


def _with_above(ride: Ride, plan: Plan) -> Plan:
    """Let the last new file of an app give others what they want of it that stay above the cut.

    Such a migration may name an old one of the app, or have to come after it. Raises MigwizardError where the app has no
    new file.
    """
    kept = keeping.kept(ride)
    if not kept.above:
        return plan
    done = {node for batch in plan.batches for node in batch.stands_for}
    named = {(app, name): by for app, name, by in keeping.named_by_others(ride) if (app, name) not in done}
    last = {batch.app: batch for batch in plan.batches}
    if bare := [(node, by) for node, by in named.items() if node[0] not in last]:
        why = [
            f"{by} depends on {'.'.join(node)}, and {node[0]} has no new file that could stand in" for node, by in bare
        ]
        raise neighbour(ride, why, {by.partition(".")[0] for _, by in bare})
    wanted = [(app, node) for app, node in _wishes(ride) if node in set(kept.above) and app in last]
    for app, batch in last.items():
        last[app] = replace(
            batch,
            stands_for=(*batch.stands_for, *sorted(node for node in named if node[0] == app)),
            run_before=tuple(sorted({*batch.run_before, *(node for each, node in wanted if each == app)})),
        )
    batches = tuple(last[batch.app] if batch.name == last[batch.app].name else batch for batch in plan.batches)
    return replace(plan, batches=batches)


def _refuse_lost(ride: Ride, neighbours: Neighbours) -> None:
    """Refuse where a migration that stays needs a model that is gone. Raises MigwizardError with its name."""
    lost = neighbours.lost()
    why = [f"{label}.{migration.name} needs {model}, which is gone by now" for label, migration, model in lost]
    if why:
        raise neighbour(ride, why, {label for label, _, _ in lost})


def _refuse_torn(ride: Ride, neighbours: Neighbours, plan: Plan) -> None:
    """Refuse where a migration that stays has to come between two files of an app, and the plan has no room for it.

    Raises MigwizardError with its name.
    """
    torn = [
        (label, migration, app)
        for label, migration, app in neighbours.torn()
        if not places_behind(neighbours.externals[label], migration, app, plan.batches)
    ]
    why = [
        f"{label}.{migration.name} comes after one migration of {app} and must run before another one"
        for label, migration, app in torn
    ]
    if why:
        raise neighbour(ride, why, {label for label, _, _ in torn})


def _refuse_code(
    ride: Ride,
    operations: list[Operation],
    externals: Mapping[str, External],
    targets: Any,
    wishes: list[tuple[str, Node]],
    error: PlanError,
) -> None:
    """Refuse where only code of migrations that stay keeps the operations from being ordered.

    Raises MigwizardError with their names.
    """
    users = {label: first for label, external in externals.items() if (first := external.first_user)}
    try:
        schedule(
            operations, {label: item.without_code() for label, item in externals.items()}, targets, "x", (), wishes
        )
    except PlanError:
        return
    why = [
        f"{label}.{each.name} runs code that may use what {', '.join(sorted(map('.'.join, each.used)))} had built, and not "
        "all of that can come before it"
        for label, each in users.items()
    ]
    raise neighbour(ride, [*why[:3], str(error).rstrip(".")], users) from error


def neighbour(ride: Ride, why: Sequence[str], labels: Iterable[str]) -> MigwizardError:
    """The refusal of migrations that stay and need what only the old history has; `take_in` are apps that were left out."""
    ours = sorted({*labels} & {*ride.apps.excluded})
    names = ", ".join(ours)
    cure = (
        f" {names} {'was' if len(ours) == 1 else 'were'} left out; take {names} into the reset again." if ours else ""
    )
    return MigwizardError(
        f"Migrations that stay need the old history: {'; '.join(why[:4])}.{cure} Nothing was changed.",
        code="neighbour",
        cures=(f"Let {', '.join(sorted(labels))} take part in the reset too, if it is yours.",),
        details={"take_in": ours},
    )


def _tag(ride: Ride) -> str:
    try:
        return checked_tag(decided(ride, "tag").get("", ride.project.config.tag))
    except NamingError as error:
        if "tag" in ride.options.answers:
            raise UsageError(f"{error} Nothing was changed.", code="tag") from error
        return ride.project.config.tag


def _schedule(
    ride: Ride,
    operations: list[Operation],
    externals: dict[str, External],
    targets: Any,
    tag: str,
    wishes: list[tuple[str, Node]],
) -> Plan:
    """The plan in the person's order, as far as that can still be followed."""
    orders = decided(ride, "order:")
    stated = [app for order in orders.values() for app in order.split(",")]
    try:
        try:
            return schedule(operations, externals, targets, tag, stated, wishes)
        except OrderError as error:
            if any(key.startswith("order:") for key in ride.options.answers):
                raise UsageError(f"{error} Nothing was changed.", code="order") from error
            ride.tell("note", f"Your order cannot be followed any more, so the recommended one is used. {error}")
            return schedule(operations, externals, targets, tag, (), wishes)
    except PlanError as error:
        _refuse_code(ride, operations, externals, targets, wishes, error)
        raise MigwizardError(
            f"The operations cannot be ordered. {error} Nothing was changed.",
            code="plan",
            cures=("Leave one app out.",),
        ) from error


def _names(ride: Ride, plan: Plan, tag: str, known: set[Node]) -> dict[Node, str]:
    """The names that a person gave to files of this plan; one that cannot be used any more is left out, and told."""
    planned = {(batch.app, batch.name) for batch in plan.batches}
    names: dict[Node, str] = {}
    for key, wanted in decided(ride, "name:").items():
        app, _, name = key.partition("/")
        if (app, name) not in planned:
            continue
        taken = {names.get((a, n), n) for a, n in planned if a == app and n != name}
        try:
            used = {old for label, old in known if label == app}
            names[app, name] = checked_name(wanted, name, tag=tag, used=used, taken=taken)
        except NamingError as error:
            if f"name:{key}" in ride.options.answers:
                raise UsageError(f"{error} Nothing was changed.", code="name") from error
            ride.tell("note", f"{app}/{name} keeps its name. {error}")
    return names
