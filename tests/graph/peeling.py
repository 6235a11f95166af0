"""Levels as the article makes them, to compare ours with: model after model is taken off, and cycles stay."""

from __future__ import annotations

from migwizard.graph.model import ModelGraph


def peeled(graph: ModelGraph) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """(levels, stuck): level after level the models with no target left; `stuck` are in a cycle, or need one that is."""
    open_targets: dict[str, set[str]] = {model.key: set() for model in graph.models}
    sources: dict[str, set[str]] = {model.key: set() for model in graph.models}
    for source, target, _ in graph.edges():
        if source != target:
            open_targets[source].add(target)
            sources[target].add(source)
    levels = []
    free = [key for key, targets in open_targets.items() if not targets]
    while free:
        levels.append(tuple(sorted(free)))
        freed = []
        for key in free:
            del open_targets[key]
            for source in sources[key]:
                open_targets[source].remove(key)
                if not open_targets[source]:
                    freed.append(source)
        free = freed
    return tuple(levels), tuple(sorted(open_targets))
