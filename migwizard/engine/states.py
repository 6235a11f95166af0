"""The states of the ride, in order. Their names are part of the command line, the JSON and the checkpoint."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """A station of the ride."""

    PREFLIGHT = "preflight"
    GRAPH = "graph"
    LEVELS = "levels"
    GENERATE = "generate"
    SEEDS = "seeds"
    PROOF = "proof"
    APPLY = "apply"
    FAKE = "fake"
    DONE = "done"


ORDER = tuple(State)


def before(first: State, second: State) -> bool:
    return ORDER.index(first) < ORDER.index(second)
