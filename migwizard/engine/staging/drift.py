"""Drift, decided: left as it was, or folded in as migrations on top of the new history.

Databases have what the old history built, so in both cases the new schema files build just that. Folded in, the project's
own makemigrations then writes what leads from there to the models, as after any other change of a model: no switch records
these migrations, every database applies them with its next `migrate`, and one from zero does too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from migwizard.engine.planning.plans import Planned
from migwizard.engine.ride import Ride
from migwizard.engine.staging import packages, strays
from migwizard.engine.states import State
from migwizard.errors import MigwizardError
from migwizard.plan.operations import Node
from migwizard.project.guest import GuestError
from migwizard.words.counting import count
from migwizard.words.sentences import dotted

KEY = "drift"
FOLD, LEAVE = "fold", "leave"


def found(ride: Ride) -> dict[str, list[str]]:
    """What makemigrations would have written before the reset, by app label."""
    return dict(ride.checkpoint.results.get(KEY) or {})


def own(changes: dict[str, list[str]], labels: Collection[str]) -> dict[str, list[str]]:
    """The drift of apps that take part; that of others is not ours to fold in."""
    return {app: lines for app, lines in changes.items() if app in labels}


def is_folded(ride: Ride) -> bool:
    """Whether the drift of the project's apps becomes migrations on top of the new history."""
    answer = ride.checkpoint.decisions.get(KEY)
    return answer is not None and answer.choice == FOLD and bool(own(found(ride), ride.apps.labels))


def remaining(ride: Ride) -> dict[str, list[str]]:
    """What makemigrations has to find after the reset."""
    folded = ride.apps.labels if is_folded(ride) else ()
    return {app: lines for app, lines in found(ride).items() if app not in folded}


def is_as_before(ride: Ride, said: Mapping[str, Sequence[str]]) -> bool:
    """Whether makemigrations finds nothing new after the reset.

    It may find less: what a field took from a file that is gone comes from today's models.
    """
    left = remaining(ride)
    return all(set(lines) <= set(left.get(app, ())) for app, lines in said.items())


def write(ride: Ride, planned: Planned) -> list[Node]:
    """Write the migrations that fold the drift in on top of what lies in staging; none where it is left.

    Raises MigwizardError where makemigrations cannot write them.
    """
    if not is_folded(ride):
        return []

    def expected(event: Mapping[str, Any]) -> None:
        strays.expect(ride, [f"{app}/{name}.py" for app, name in event["names"]])

    ride.tell("progress", "makemigrations for the drift, on top of the new history")
    try:
        written = ride.guest.call(
            "write_drift",
            on_event=expected,
            labels=list(ride.apps.labels),
            folders=ride.new_folders(),
            timestamp=ride.checkpoint.timestamp,
            tag=planned.tag,
        )
    except GuestError as error:
        raise MigwizardError(
            f"The drift cannot be folded in. {dotted(error.sentence)} Nothing was changed.",
            code="drift-write",
            cures=("Leave it: --drift leave. The new files then build what databases have now.",),
            details=error.details,
        ) from error
    nodes = [(item["app"], item["name"]) for item in written]
    alone = {
        (item["app"], item["name"])
        for item in written
        if packages.is_root([(app, name) for app, name in item["dependencies"]], planned, ride.apps.labels)
    }
    packages.guard(ride, alone, {node for pinned in planned.pins.values() for node in pinned})
    return nodes


def without_stale(ride: Ride, planned: Planned, rows: Mapping[str, Any]) -> dict[str, Any]:
    """The rows of a database that drift went over, without the content types and permissions of models that it deleted.

    Django leaves these behind in every database; one that is made from zero never has them.
    """
    from migwizard.proof.rowset import CONTENT_TYPES, PERMISSIONS

    today = {(model["app"], model["model"].lower()) for model in ride.registry()["models"]}
    deleted = {op.of_model for op in planned.operations.values() if op.makes_model} - today
    tables = dict(rows["tables"])
    types = tables.get(CONTENT_TYPES)
    if not deleted or types is None:
        return dict(rows)
    names = [types["columns"].index(column) for column in ("id", "app_label", "model")]
    stale = {row[names[0]] for row in types["rows"] if (row[names[1]], row[names[2]]) in deleted}
    tables[CONTENT_TYPES] = {**types, "rows": [row for row in types["rows"] if row[names[0]] not in stale]}
    if permissions := tables.get(PERMISSIONS):
        place = permissions["columns"].index("content_type_id")
        kept = [row for row in permissions["rows"] if row[place] not in stale]
        tables[PERMISSIONS] = {**permissions, "rows": kept}
    return {**rows, "tables": tables}


def files(ride: Ride) -> list[str]:
    """The files of these migrations, by path relative to staging."""
    return list(ride.checkpoint.results.get(State.SEEDS, {}).get(KEY, ()))


def nodes(ride: Ride) -> list[Node]:
    """These migrations."""
    return [node_of(name) for name in files(ride)]


def names(ride: Ride) -> list[str]:
    """These migrations as Django prints them."""
    return [".".join(node) for node in nodes(ride)]


def sentences(ride: Ride) -> tuple[str, ...]:
    """What a proof says of the drift."""
    told = []
    if on_top := names(ride):
        told.append(
            f"Drift folded in: {', '.join(on_top)}. A scratch database of the old history was switched and then migrated, "
            f"which applied {'this' if len(on_top) == 1 else 'these'} and nothing else of the project; its schema and rows are "
            "compared with those of the new history from zero."
        )
    if left := remaining(ride):
        number = count(sum(map(len, left.values())), "change")
        shown = "; ".join(f"{app}: {', '.join(lines)}" for app, lines in left.items())
        told.append(
            f"Drift left as it was: with the new history makemigrations finds no more than the {number} of before ({shown})."
        )
    return tuple(told)


def migration_files(names: Iterable[str]) -> list[str]:
    """The migrations among staged files; beside them there may be data files."""
    return [name for name in names if name.endswith(".py")]


def node_of(name: str) -> Node:
    """ "app/0001_initial.py" as a migration."""
    label, _, file = name.partition("/")
    return label, file.removesuffix(".py")
