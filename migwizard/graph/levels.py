"""Levels: how late a table can be built.

A model's level is the longest path from it to a model without outgoing relations. Models that need each other in a
ring (a strongly connected component) are condensed first and share a level, so that every model has one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from migwizard.graph.components import components
from migwizard.graph.model import ModelGraph


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
    targets = _targets(graph)
    of: dict[str, int] = {}
    cycles: list[tuple[str, ...]] = []
    for members in components(targets):
        inside = set(members) if len(members) > 1 else members
        below = [of[target] for key in members for target in targets[key] if target not in inside]
        of.update(dict.fromkeys(members, 1 + max(below, default=-1)))
        if len(members) > 1:
            cycles.append(tuple(sorted(members)))
    cycles.sort(key=lambda members: (of[members[0]], members))
    return Levels(_as_levels(of), dict(sorted(of.items())), tuple(cycles))


def app_components(graph: ModelGraph) -> tuple[tuple[str, ...], ...]:
    """The cycles between apps, as sorted labels; models without a known app take no part."""
    app_of = {model.key: model.app for model in graph.models if model.app}
    needs: dict[str, list[str]] = {app: [] for app in app_of.values()}
    for source, target, _ in graph.edges():
        if source in app_of and target in app_of:
            needs[app_of[source]].append(app_of[target])
    return tuple(sorted(tuple(sorted(labels)) for labels in components(needs) if len(labels) > 1))


def grouped_by_app(level: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The model names of a level by app label, both sorted; raw node names come under the empty label."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for key in level:
        app, _, name = key.rpartition(".")
        names[app].append(name)
    return {app: tuple(sorted(names[app])) for app in sorted(names)}


def _targets(graph: ModelGraph) -> dict[str, list[str]]:
    """What each model leads to, itself left out: a relation to itself makes no model wait."""
    models = {model.key: model for model in graph.models}
    return {
        key: list(
            dict.fromkeys(
                relation.to
                for relation in models[key].relations
                if relation.makes_edge and relation.to != key and relation.to in models
            )
        )
        for key in sorted(models)
    }


def _as_levels(of: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    levels: list[list[str]] = [[] for _ in range(max(of.values(), default=-1) + 1)]
    for key in sorted(of):
        levels[of[key]].append(key)
    return tuple(tuple(level) for level in levels)
