"""Levels: how late a table can be built.

A model's level is the longest path from it to a model without outgoing relations. Models that need each other in a
ring (a strongly connected component) are condensed first and share a level, so that every model has one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migwizard.graph.model import ModelGraph

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Levels:
    """The keys of each level, the level of each key, and the cycles: components of more than one model.

    Keys are sorted within a level and within a component; components are sorted by their level, then by name.
    """

    levels: tuple[tuple[str, ...], ...]
    of: Mapping[str, int]
    components: tuple[tuple[str, ...], ...]


def model_levels(graph: ModelGraph) -> Levels:
    """Condense cycles, then give every model the length of its longest path to a sink; linear in models and relations."""
    import networkx as nx

    condensed = nx.condensation(_digraph(graph))
    level_of_component: dict[int, int] = {}
    of: dict[str, int] = {}
    cycles: list[tuple[str, ...]] = []
    for component in reversed(list(nx.topological_sort(condensed))):
        level = 1 + max((level_of_component[target] for target in condensed[component]), default=-1)
        level_of_component[component] = level
        members = tuple(sorted(condensed.nodes[component]["members"]))
        of.update(dict.fromkeys(members, level))
        if len(members) > 1:
            cycles.append(members)
    cycles.sort(key=lambda members: (of[members[0]], members))
    return Levels(_as_levels(of), dict(sorted(of.items())), tuple(cycles))


def app_components(graph: ModelGraph) -> tuple[tuple[str, ...], ...]:
    """The cycles between apps, as sorted labels; models without a known app take no part."""
    import networkx as nx

    app_of = {model.key: model.app for model in graph.models if model.app}
    apps: nx.DiGraph[str] = nx.DiGraph()
    for source, target, _ in graph.edges():
        if source in app_of and target in app_of:
            apps.add_edge(app_of[source], app_of[target])
    cycles = (tuple(sorted(labels)) for labels in nx.strongly_connected_components(apps) if len(labels) > 1)
    return tuple(sorted(cycles))


def grouped_by_app(level: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The model names of a level by app label, both sorted; raw node names come under the empty label."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for key in level:
        app, _, name = key.rpartition(".")
        names[app].append(name)
    return {app: tuple(sorted(names[app])) for app in sorted(names)}


def article_levels(graph: ModelGraph) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """(levels, stuck) by peeling without condensation, for comparison: level after level, the models with no target left.

    `stuck` are the models that never come free, because they are in a cycle or need one that is.
    """
    digraph = _digraph(graph)
    open_targets: dict[str, int] = dict(digraph.out_degree())
    of: dict[str, int] = {}
    free = [key for key, count in open_targets.items() if not count]
    level = 0
    while free:
        of.update(dict.fromkeys(free, level))
        level += 1
        freed = []
        for key in free:
            for source in digraph.predecessors(key):
                open_targets[source] -= 1
                if not open_targets[source]:
                    freed.append(source)
        free = freed
    return _as_levels(of), tuple(sorted(key for key in open_targets if key not in of))


def _digraph(graph: ModelGraph) -> nx.DiGraph[str]:
    """Models and the edges between different ones: a relation to itself makes no model wait."""
    import networkx as nx

    digraph: nx.DiGraph[str] = nx.DiGraph()
    digraph.add_nodes_from(sorted(model.key for model in graph.models))
    digraph.add_edges_from((source, target) for source, target, _ in graph.edges() if source != target)
    return digraph


def _as_levels(of: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    levels: list[list[str]] = [[] for _ in range(max(of.values(), default=-1) + 1)]
    for key in sorted(of):
        levels[of[key]].append(key)
    return tuple(tuple(level) for level in levels)
