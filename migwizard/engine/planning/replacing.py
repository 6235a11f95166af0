"""`--replaces`: new files that say themselves which old migrations they replace, for databases that nobody here can reach.

Django then takes a new file for applied wherever all the old names in it are recorded, so that a plain `migrate` is all that
such a database needs. Whether it is done is a decision like others; what each file replaces follows from the plan and, once
they are known, from the files with seeds (`migwizard.plan.partition`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from migwizard.engine.planning import keeping
from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.engine.talk import Answer
from migwizard.errors import MigwizardError, UsageError
from migwizard.plan.operations import Node
from migwizard.plan.partition import TooFewNamesError, historical, partition
from migwizard.plan.plan import Plan
from migwizard.words.counting import count, some

KEY = "replaces"
OPTION = "--replaces"
YES, NO = "yes", "no"

CANNOT = (
    "What a file with replaces cannot do: stop a database that lacks old migrations of an app with one new file. Django passes "
    "over such a file without a word, so migrate says that nothing is to be applied, and the schema stays as it was."
)
"""The limit of this way, said wherever somebody chooses it or reads what came of it."""


def is_on(ride: Ride) -> bool:
    """Whether the new files replace the old ones by name."""
    if KEY in ride.options.answers:
        return ride.options.answers[KEY] == YES
    said = ride.checkpoint.decisions.get(KEY)
    return said is not None and said.choice == YES


def decide(ride: Ride) -> None:
    """Note what the command line says. Raises UsageError where it comes too late."""
    said = ride.options.replaces
    known = ride.checkpoint.decisions.get(KEY)
    if known is not None and known.choice != YES:
        del ride.checkpoint.decisions[KEY]
    if said is None or said == is_on(ride):
        return
    if ride.checkpoint.applied:
        raise UsageError(
            f"The new files are in the tree already, so {OPTION if said else '--no-replaces'} comes too late. Nothing was "
            "changed.",
            code=KEY,
            cures=("Take the reset back with migwizard undo, then start it the other way.",),
        )
    choose(ride, said, OPTION)


def choose(ride: Ride, on: bool, by: str) -> None:
    """Decide it; from now on the decision counts, and no longer the command line."""
    if on:
        ride.checkpoint.decisions[KEY] = Answer(YES, by)
    else:
        ride.checkpoint.decisions.pop(KEY, None)
    ride.options = replace(ride.options, replaces=None)
    ride.facts.pop("plan", None)


def in_plan(ride: Ride, plan: Plan) -> Plan:
    """The plan with what each batch replaces, where that is on.

    Raises MigwizardError where an app has fewer old names than new files.
    """
    if not is_on(ride):
        return plan
    pinned = {(batch.app, batch.name): batch.stands_for for batch in plan.batches}
    found = shares(ride, list(pinned), pinned)
    return replace(
        plan, batches=tuple(replace(batch, stands_for=found[batch.app, batch.name]) for batch in plan.batches)
    )


def shares(ride: Ride, files: Sequence[Node], pinned: Mapping[Node, Sequence[Node]]) -> dict[Node, tuple[Node, ...]]:
    """What each new file replaces. Raises MigwizardError where an app has fewer old names than new files."""
    try:
        return partition(names(ride), files, pinned)
    except TooFewNamesError as error:
        said = [
            f"{app} has {count(old, 'old migration')} and {count(new, 'new file')}"
            for app, (old, new) in error.apps.items()
        ]
        raise MigwizardError(
            f"The new files cannot replace the old ones by name: {some(said)}, and each new file has to replace at least one "
            "of its own app. Nothing was changed.",
            code=KEY,
            cures=(
                "Have fewer new files: another order at Levels, or fewer data operations kept at Seeds.",
                "Or go without it: --no-replaces. Databases are then switched, each by one command.",
            ),
            details={"apps": list(error.apps)},
        ) from error


def names(ride: Ride) -> tuple[Node, ...]:
    """The old names that databases record, oldest first."""
    history, labels = ride.history(), set(ride.apps.labels)
    nodes = [(node["app"], node["name"]) for node in history["nodes"] if node["app"] in labels]
    joined = {
        keeping.node_of(name): [(app, old) for app, old in parts if app in labels]
        for name, parts in history["replaces"].items()
    }
    return historical(nodes, joined)


def written(ride: Ride) -> dict[Node, tuple[Node, ...]]:
    """What each new file replaces, as the seeds have left it; empty where they do not replace by name."""
    found: Mapping[str, Any] = ride.checkpoint.results.get(State.SEEDS, {}).get(KEY) or {}
    return {keeping.node_of(name): tuple((app, old) for app, old in parts) for name, parts in found.items()}


def check(ride: Ride) -> None:
    """Look whether the files still replace what they were given: an edit may have changed one. Raises MigwizardError."""
    wanted = written(ride)
    if not wanted:
        return
    loaded = ride.guest.call("history", labels=list(ride.apps.labels), folders=ride.new_folders())["replaces"]
    for node, parts in wanted.items():
        said = {(app, name) for app, name in loaded.get(".".join(node), ())}
        if said != set(parts):
            raise MigwizardError(
                f"{'/'.join(node)} does not replace what it has to: {some(['.'.join(each) for each in parts])}. Nothing was "
                "changed.",
                code=KEY,
                cures=("Leave its replaces as it was written, or go without it: --no-replaces.",),
            )


def check_recorded(ride: Ride, arrived: Mapping[str, Any]) -> None:
    """Look what a plain migrate did on a database of the old history. Raises MigwizardError where it left one unrecorded."""
    if left := [".".join(node) for node in arrived["unrecorded"]]:
        raise MigwizardError(
            f"On a database of the old history a plain migrate does not record {some(left)}. Nothing was changed.",
            code=KEY,
            cures=("Go without it: --no-replaces. Databases are then switched, each by one command.",),
        )


def lines(ride: Ride) -> list[str]:
    """What it means, to read in full before anything is written; empty where it is off."""
    if not is_on(ride):
        return []
    return [
        "Each new file replaces old ones by name:",
        "  Where all old migrations are recorded, the next migrate records the new ones and runs none of them.",
        f"  {CANNOT}",
        "  Other files stop a database that is behind; migwizard_switch.py check tells in any case.",
    ]


def sentences(ride: Ride) -> tuple[str, ...]:
    """What a proof, a message and a summary say of it."""
    found = written(ride)
    if not found:
        return ()
    old, new = count(sum(map(len, found.values())), "old name"), count(len(found), "new file")
    told = f"The new files replace the old ones by name: each of {old} stands in the replaces of exactly one of {new}."
    return (f"{told} On a scratch database of the old history a plain migrate ran none of them and recorded them all.",)
