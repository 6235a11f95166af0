"""Draws a model graph by level as dot text, which Graphviz turns into a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from migwizard.graph.levels import Levels
from migwizard.graph.model import Model, ModelGraph, Relation, RelationKind

if TYPE_CHECKING:
    import pydot

# Meaning never hangs on colour alone: third-party models are dashed, cycles have a double border and the word.
_PROJECT = {"style": "filled", "fillcolor": "#e8f1fb", "color": "#1f5fa8"}
_THIRD_PARTY = {"style": "dashed", "color": "#8a8a8a", "fontcolor": "#5a5a5a"}
_IN_CYCLE = {"color": "#b3261e", "peripheries": "2"}
_CYCLE_EDGE = {"color": "#b3261e", "penwidth": "2"}
_EDGES: Mapping[RelationKind, Mapping[str, str]] = {
    "foreign_key": {"arrowhead": "normal"},
    "one_to_one": {"arrowhead": "diamond"},
    "many_to_many": {"arrowhead": "normal", "arrowtail": "normal", "dir": "both"},
    "parent": {"arrowhead": "empty"},
    "proxy": {"arrowhead": "empty", "style": "dashed"},
}


def to_dot(graph: ModelGraph, levels: Levels, *, highlight_cycles: bool = True) -> str:
    """The graph as dot text: a box per level, level 0 at the bottom, arrows from a model to what it needs.

    Project apps and third-party ones are told apart, where the apps are known; cycles are marked and numbered like `levels.components`, from 1.
    The same graph always gives the same text. Many-to-many relations with an explicit through are not drawn: their
    through model is.
    """
    import pydot

    cycle_of = _cycles(levels) if highlight_cycles else {}
    styles = {app.label: _PROJECT if app.project else _THIRD_PARTY for app in graph.apps}
    models = {model.key: model for model in graph.models}
    # newrank lets boxes have ranks of their own, so that the models of a level stand in one line.
    dot = pydot.Dot("models_by_level", graph_type="digraph", rankdir="TB", newrank="true")
    dot.set_node_defaults(shape="box", fontname=_quoted("Helvetica"), fontsize="10")
    dot.set_edge_defaults(fontname=_quoted("Helvetica"), fontsize="8")
    for level, keys in reversed(list(enumerate(levels.levels))):
        box = pydot.Subgraph(
            f"cluster_level_{level}", label=_quoted(f"level {level}"), rank="same", color=_quoted("#c8c8c8")
        )
        for key in keys:
            box.add_node(_node(models[key], styles.get(models[key].app, {}), cycle_of.get(key)))
        dot.add_subgraph(box)
    for source, target, relation in sorted(graph.edges(), key=lambda edge: (edge[0], edge[1], edge[2].field)):
        in_cycle = source != target and source in cycle_of and cycle_of[source] == cycle_of.get(target)
        dot.add_edge(_edge(source, target, relation, in_cycle))
    return dot.to_string()


def _cycles(levels: Levels) -> dict[str, int]:
    return {key: number for number, keys in enumerate(levels.components, start=1) for key in keys}


def _node(model: Model, style: Mapping[str, str], cycle: int | None) -> pydot.Node:
    import pydot

    lines = [model.name, model.app] if model.app else [model.name]
    if cycle is not None:
        lines.append(f"cycle {cycle}")
        style = {**style, **_IN_CYCLE}
    return pydot.Node(_quoted(model.key), label=_quoted("\n".join(lines)), **_all_quoted(style))


def _edge(source: str, target: str, relation: Relation, in_cycle: bool) -> pydot.Edge:
    import pydot

    style = {**_EDGES[relation.kind], **(_CYCLE_EDGE if in_cycle else {})}
    label = {"label": relation.field} if relation.field else {}
    return pydot.Edge(_quoted(source), _quoted(target), **_all_quoted(label | style))


def _all_quoted(attributes: Mapping[str, str]) -> dict[str, Any]:
    return {name: _quoted(value) for name, value in attributes.items()}


def _quoted(text: str) -> str:
    """A dot string. Quoted here and not by pydot, which takes `app.Name` for a bare word and Graphviz does not."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
