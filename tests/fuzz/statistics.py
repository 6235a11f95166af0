"""What shape a project has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import networkx

from tests.fuzz import schema
from tests.fuzz.models import World
from tests.fuzz.story import Data, MakeObject, Squash, Step


def _cyclic(edges: Iterable[tuple[str, str]]) -> bool:
    graph: networkx.DiGraph[str] = networkx.DiGraph(edges)
    return any(len(part) > 1 for part in networkx.strongly_connected_components(graph))


def model_cycle(world: World) -> bool:
    """Whether models point at each other in a circle; a model that points at itself is none."""
    return _cyclic(world.edges())


def app_edges(world: World) -> set[tuple[str, str]]:
    """Which app points at which other one."""
    found = {(world.models[source].app, world.models[target].app) for source, target in world.edges()}
    # A many-to-many needs the model between, wherever that lies.
    found |= {
        (model.app, one.through.partition(".")[0])
        for model in world.models.values()
        for one in model.fields
        if one.through
    }
    return {(source, target) for source, target in found if source != target}


def app_cycle(world: World) -> bool:
    """Whether apps need each other in a circle."""
    return _cyclic(app_edges(world))


def kinds(steps: Iterable[Step]) -> Counter[str]:
    """How often each kind of step was taken."""
    found: Counter[str] = Counter()
    for step in steps:
        if isinstance(step, Data):
            found[f"data: {step.kind.strip('_')}"] += 1
        elif isinstance(step, MakeObject):
            found[f"object: {step.object.kind}"] += 1
        elif isinstance(step, schema.Change | Squash):
            found[type(step).__name__] += 1
    return found
