"""Which apps take part: a change makes everything from preflight on anew, without asking for its approval again."""

from __future__ import annotations

from migwizard.engine.planning import keeping
from migwizard.engine.ride import Ride, fingerprint
from migwizard.engine.states import State
from migwizard.engine.steps import graph, preflight
from migwizard.engine.talk import Answer, Choice, Event
from migwizard.errors import LeftError, MigwizardError

CHOICES = "apps"


def choices(ride: Ride) -> tuple[Choice, ...]:
    """Leave an app out, or take one in again."""
    out = (
        Choice(f"out:{label}", f"the migrations of {label} stay as they are", f"Leave {label} out", CHOICES)
        for label in sorted(ride.apps.labels)
    )
    back = (
        Choice(f"in:{label}", f"the migrations of {label} are reset too", f"Take {label} in", CHOICES)
        for label in sorted(ride.apps.excluded)
    )
    return (*out, *back)


def is_change(answer: str) -> bool:
    return answer.startswith(("out:", "in:"))


def change(ride: Ride, answer: str) -> str:
    """Let an app take part or not; returns a sentence where that cannot be.

    The app is looked at as in preflight. What preflight refuses takes the decision back: the person stays where they are.
    """
    verb, _, label = answer.partition(":")
    if verb == "out" and ride.apps.labels == (label,):
        return f"{label} is the last app that takes part; at least 1 app is needed."
    key, before = f"app:{label}", dict(ride.checkpoint.decisions)
    folders, results = dict(ride.checkpoint.folders), dict(ride.checkpoint.results)
    ride.checkpoint.decisions[key] = Answer(verb, "person")
    try:
        _renew(ride)
    except BaseException as error:
        ride.checkpoint.decisions = before
        ride.checkpoint.folders, ride.checkpoint.results = folders, results
        _forget_facts(ride)
        if isinstance(error, MigwizardError) and not isinstance(error, LeftError):
            return f"{label} stays as it was. {error.sentence}"
        raise
    return ""


def _renew(ride: Ride) -> None:
    """Preflight and graph again, for the apps that take part now; approved once, they stay approved."""
    # These two know the reviews, which know this module.
    from migwizard.engine.machine import TABLE
    from migwizard.engine.reviews import looks, review_of

    _forget_facts(ride)
    _pin(ride)
    checkpoint = ride.checkpoint
    checkpoint.results[State.PREFLIGHT] = preflight.run(ride)
    checkpoint.results[State.GRAPH] = graph.run(ride)
    inputs = next(row.inputs for row in TABLE if row.state is State.GRAPH)
    assert inputs is not None
    checkpoint.fingerprints[State.GRAPH] = fingerprint(inputs(ride))
    for state in (State.PREFLIGHT, State.GRAPH):
        if state in checkpoint.approvals:
            checkpoint.approvals[state] = looks(ride, review_of(state).question(ride))


def _pin(ride: Ride) -> None:
    """An app that is left out may name old migrations of the others; that new ones stand in for them needs no question."""
    named = {f"pin:{app}.{name}": by for app, name, by in keeping.named_by_others(ride)}
    fresh = {key: by for key, by in named.items() if key not in ride.checkpoint.decisions}
    for key in fresh:
        ride.checkpoint.decisions[key] = Answer("pin", "person")
    if fresh:
        count = len(fresh)
        ride.face.tell(
            Event(
                "note",
                State.GRAPH,
                f"{count} old migration{'' if count == 1 else 's'} that others name "
                f"{'has' if count == 1 else 'have'} a new one that stands in: {', '.join(key[4:] for key in sorted(fresh)[:3])}"
                + (f", +{count - 3}." if count > 3 else "."),
            )
        )


def _forget_facts(ride: Ride) -> None:
    """All that was asked for other apps; the registry is the same for all."""
    registry = ride.facts.get("registry")
    ride.facts.clear()
    if registry is not None:
        ride.facts["registry"] = registry
