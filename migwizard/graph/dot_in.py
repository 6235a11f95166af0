"""Reads a model graph from a dot file of django-extensions' `graph_models -a`, for a project that cannot be started.

graph_models draws abstract models as nodes and leaves out many-to-many relations with an explicit through. Its node
names are the module and the class joined by underscores, which cannot be undone: they are matched with the app registry
where there is one, and shown as they are where there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from migwizard.graph.dot_drawing import DrawnModel, read_drawing
from migwizard.graph.dot_text import DotError
from migwizard.graph.model import Model, ModelGraph, Relation

__all__ = ["DotError", "read_graph_models"]


def read_graph_models(text: str, *, known: ModelGraph | None = None, max_edges: int = 3000) -> ModelGraph:
    """The graph that the dot file draws, its nodes matched with the models in `known`.

    Nodes that are not in `known` keep their raw name and an empty app; what only one of the two sources has is listed
    in `problems`. Slow (about 3 ms a relation) and not to be interrupted: whoever needs to cancel runs it in a process
    of its own. While pydot parses, `sys.stdout` of this process is redirected.

    Raises DotError when the text cannot be read, is not from graph_models, or has more than `max_edges` relations.
    """
    relations = _handed_down(read_drawing(text, max_edges))
    keys, problems = _matched(relations, known)
    models = {model.key: model for model in known.models} if known else {}
    read = []
    for node, drawn in relations.items():
        model = models.get(keys[node]) or Model("", node, proxy=any(relation.kind == "proxy" for relation in drawn))
        problems += [
            f"{keys[node]} points at {relation.to}, which is abstract." for relation in drawn if relation.to not in keys
        ]
        pointing = (replace(relation, to=keys[relation.to]) for relation in drawn if relation.to in keys)
        read.append(replace(model, relations=tuple(pointing)))
    return ModelGraph(
        apps=known.apps if known else (),
        models=tuple(sorted(read, key=lambda model: model.key)),
        source="dot",
        problems=tuple(problems),
    )


def _handed_down(drawing: Mapping[str, DrawnModel]) -> dict[str, list[Relation]]:
    """The relations of each concrete node: its own, then those of its abstract bases that it does not have yet.

    A field that a model declares or inherited before hides one of the same name further up, as in Python.
    """
    abstract = {base for drawn in drawing.values() for base in drawn.bases}
    handed_down: dict[str, list[Relation]] = {}
    for node in drawing:
        if node in abstract:
            continue
        relations: list[Relation] = []
        for origin in (node, *_ancestors(node, drawing)):
            present = {_identity(relation) for relation in relations}
            moved = (
                replace(relation, to=node) if relation.to == origin else relation
                for relation in drawing[origin].relations
            )
            relations += [relation for relation in moved if _identity(relation) not in present]
        handed_down[node] = relations
    return handed_down


def _identity(relation: Relation) -> tuple[str, ...]:
    """What makes an inherited relation the same as one that is drawn already; without labels, its kind and target."""
    return (relation.field,) if relation.field else (relation.kind, relation.to)


def _ancestors(node: str, drawing: Mapping[str, DrawnModel]) -> Iterator[str]:
    """All abstract ancestors, each once, nearer ones of a branch first; ends even where a file draws a ring."""
    seen = {node}
    waiting = list(reversed(drawing[node].bases))
    while waiting:
        base = waiting.pop()
        if base not in seen:
            seen.add(base)
            yield base
            waiting.extend(reversed(drawing[base].bases))


def _matched(nodes: Iterable[str], known: ModelGraph | None) -> tuple[dict[str, str], list[str]]:
    """(the key of every node, what does not fit); a node without a known model is its own key."""
    if known is None:
        return {node: node for node in nodes}, []
    prefixes = {app.label: f"{app.name.replace('.', '_')}_" for app in known.apps}
    by_name: defaultdict[str, list[Model]] = defaultdict(list)
    for model in known.models:
        by_name[model.name].append(model)
    keys: dict[str, str] = {}
    taken: dict[str, str] = {}
    problems: list[str] = []
    for node in nodes:
        key = _best_match(node, by_name, prefixes)
        if key is None:
            problems.append(f"Only the dot file has {node}.")
        elif key in taken:
            problems.append(f"Only the dot file has {node}: {taken[key]} is {key} already.")
        else:
            taken[key] = node
        keys[node] = key if key and taken[key] == node else node
    # A swapped model is missing on purpose: graph_models draws the one that stands in for it.
    absent = [model.key for model in known.models if model.key not in taken and not model.swapped]
    return keys, problems + [f"Only the project has {key}." for key in absent]


def _best_match(node: str, by_name: Mapping[str, list[Model]], prefixes: Mapping[str, str]) -> str | None:
    """The model whose app's module begins the node's name and whose class name ends it, the longest module first."""
    candidates: list[tuple[int, int, str]] = []
    cut = node.find("_")
    while cut >= 0:
        name = node[cut + 1 :]
        for model in by_name.get(name, ()):
            prefix = prefixes.get(model.app, f"{model.app}_")
            if node.startswith(prefix) and len(prefix) <= cut + 1:
                candidates.append((len(prefix), len(name), model.key))
        cut = node.find("_", cut + 1)
    candidates.sort(reverse=True)
    if not candidates or (len(candidates) > 1 and candidates[0][:2] == candidates[1][:2]):
        return None
    return candidates[0][2]
