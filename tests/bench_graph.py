"""What levels and a plan cost at 10,000 models and 50,000 relations: part of `make bench`.

Levels, components and their order against `networkx.condensation` of the same graph, which is there already; both sides run
one after the other in each round. The plan is made for 200 apps, and the memory is the most that this process ever held.
"""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Callable

import networkx as nx

from migwizard.graph.levels import model_levels
from migwizard.graph.model import Model, ModelGraph, Relation
from migwizard.plan.schedule import schedule
from tests.plan.shapes import of_models

ROUNDS = 5
APPS, MODELS, RELATIONS = 200, 10_000, 50_000
BACKWARDS = 0.0005
"""Share of the relations that may lead from an earlier app to a later one: enough for one cycle of nearly all apps."""


def relations(backwards: float) -> dict[str, list[str]]:
    """Random models by "app.model", each with those that it points at."""
    chance = random.Random(1)
    names = [f"a{number * APPS // MODELS:03}.M{number}" for number in range(MODELS)]
    found: dict[str, dict[str, None]] = {name: {} for name in names}
    for _ in range(RELATIONS):
        low, high = sorted((chance.randrange(MODELS), chance.randrange(MODELS)))
        if chance.random() < backwards:
            low, high = high, low
        if low != high:
            found[names[high]][names[low]] = None
    return {name: list(targets) for name, targets in found.items()}


def graph_of(found: dict[str, list[str]]) -> ModelGraph:
    models = []
    for key, targets in found.items():
        app, _, name = key.partition(".")
        to = tuple(Relation("foreign_key", f"f{place}", target) for place, target in enumerate(targets))
        models.append(Model(app=app, name=name, relations=to))
    return ModelGraph((), tuple(models), "registry")


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def levels_to_condensation() -> float:
    """The median ratio of a few rounds."""
    found = relations(BACKWARDS)
    graph = graph_of(found)
    digraph: nx.DiGraph[str] = nx.DiGraph(found)
    return statistics.median(
        seconds(lambda: model_levels(graph)) / seconds(lambda: nx.condensation(digraph)) for _ in range(ROUNDS)
    )


def main() -> None:
    """Print every figure."""
    print(f"{levels_to_condensation():6.2f}  levels, components and order / networkx.condensation (target 1.5)")
    for backwards, shape in ((0.0, "no cycle"), (BACKWARDS, "one cycle of apps")):
        operations = of_models(relations(backwards))
        took = seconds(lambda operations=operations: schedule(operations, {}))  # type: ignore[misc]
        print(f"{took:6.2f}  CPU seconds for a plan of {len(operations):,} operations in {APPS} apps, {shape}")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f}  MiB of memory at the most (target 200)")


if __name__ == "__main__":
    main()
