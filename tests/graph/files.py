"""The files in data/, and how they are read; kept output of django-extensions 4.1 and of the agent.

The bookshop has abstract bases two deep, relations with and without through, a proxy with an abstract mixin, multi-table
inheritance, a models/ package, a class name with an underscore, a swapped user, and a model declared for another app.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from migwizard.graph.dot_in import read_graph_models
from migwizard.graph.model import ModelGraph

DATA = Path(__file__).parent / "data"
BOOKSHOP_APPS = frozenset({"shop", "books", "side_app"})


def text_of(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")


@cache
def bookshop_registry() -> ModelGraph:
    return ModelGraph.from_facts(json.loads(text_of("bookshop_registry.json")), BOOKSHOP_APPS)


@cache
def bookshop_dot(name: str = "bookshop_graph_models.dot", known: bool = True) -> ModelGraph:
    return read_graph_models(text_of(name), known=bookshop_registry() if known else None)


def targets(graph: ModelGraph, key: str) -> set[tuple[str, str, str]]:
    """(kind, field, target) of each relation of a model."""
    (model,) = (model for model in graph.models if model.key == key)
    return {(relation.kind, relation.field, relation.to) for relation in model.relations}


def drawn(body: str, *, header: str = "digraph model_graph {") -> str:
    """A small file as graph_models writes it, around the nodes and edges in `body`."""
    defaults = 'node [\n    fontname = "Roboto"\n  ]\n  edge [\n    fontsize = 8\n  ]'
    return f"{header}\n  // Dotfile by Django-Extensions graph_models\n  fontsize = 8\n\n  {defaults}\n{body}\n}}\n"


def foreign_key(source: str, field: str, target: str) -> str:
    return f'{source} -> {target}\n  [label=" {field} (x)"] [arrowhead=none, arrowtail=dot, dir=both];\n'


def inherits(source: str, kind: str, target: str) -> str:
    """`kind` is abstract, proxy or multi-table."""
    return f'{source} -> {target}\n  [label=" {kind}\\ninheritance"] [arrowhead=empty, arrowtail=none, dir=both];\n'
