"""Graph load: concrete models and relations, and the levels that explain them."""

from __future__ import annotations

from typing import Any

from migwizard.engine.ride import Ride
from migwizard.graph.levels import app_components, model_levels
from migwizard.graph.model import ModelGraph


def load_graph(ride: Ride) -> ModelGraph:
    """The graph of the app registry; where migrations are kept on top, as it was before them."""
    return ModelGraph.from_facts(ride.built(), ride.apps.labels)


def run(ride: Ride) -> dict[str, Any]:
    """Load the graph and condense it into levels."""
    graph = load_graph(ride)
    levels = model_levels(graph)
    for problem in graph.problems:
        ride.tell("note", problem)
    return {
        "models": len(graph.models),
        "model_levels": len(levels.levels),
        "levels": [list(level) for level in levels.levels],
        "model_components": [list(component) for component in levels.components],
        "app_components": [list(component) for component in app_components(graph)],
    }
