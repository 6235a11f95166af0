"""What levels and a plan cost at 10,000 models and 50,000 relations in 200 apps.

Levels, components and their order against `networkx.condensation` of the same graph, which is there already; both sides run
one after the other in each round.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence

import networkx as nx

from migwizard.graph.levels import model_levels
from migwizard.graph.model import Model, ModelGraph, Relation
from migwizard.plan.schedule import schedule
from tests.bench.figures import Figure, ratio, shown
from tests.bench.spending import peaks, rounds
from tests.plan.shapes import of_models
from tests.subjects import ROOT, environment

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
    """CPU seconds of some work in this process."""
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(name: str) -> Sequence[Figure]:
    """Every figure; the memory is that of a process which does nothing else."""
    found = relations(BACKWARDS)
    graph = graph_of(found)
    digraph: nx.DiGraph[str] = nx.DiGraph(found)
    levels = rounds(lambda: (seconds(lambda: model_levels(graph)), seconds(lambda: nx.condensation(digraph))))
    ours, theirs = zip(*levels, strict=True)
    return (
        ratio("levels, components and order / networkx.condensation", ours, theirs, 1.5),
        *(
            shown(f"a plan, {shape}, CPU s", [plan_seconds(backwards)])
            for backwards, shape in ((0.0, "no cycle"), (BACKWARDS, "one cycle of apps"))
        ),
        Figure("memory for the graph and both plans, MiB", _memory(), 200.0),
    )


def plan_seconds(backwards: float) -> float:
    operations = of_models(relations(backwards))
    return seconds(lambda: schedule(operations, {}))


def _memory() -> float:
    return peaks([sys.executable, "-m", __name__], ROOT, environment())[0]


if __name__ == "__main__":
    model_levels(graph_of(relations(BACKWARDS)))
    plan_seconds(0.0)
    plan_seconds(BACKWARDS)
