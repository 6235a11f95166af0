"""What a dot file of graph_models draws: nodes and their typed edges, before anything is concluded from them."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from migwizard.graph.dot_text import DotError, essential, line_of
from migwizard.graph.model import Relation

if TYPE_CHECKING:
    import pydot

# pydot turns default attributes, and in some versions stray line ends, into nodes.
_PSEUDO_NODES = frozenset({"node", "edge", "graph", "\\n", "\\r\\n"})
_NODE_NAME = re.compile(r"\w{1,300}")
_PARSER_LINE = re.compile(r"\(line:(\d+)")
_MAX_FIELD_LENGTH = 100


@dataclass(frozen=True, slots=True)
class DrawnModel:
    """A node: its relations, which point at node names, and the abstract nodes that it inherits from directly.

    The field of a relation is empty where labels were hidden.
    """

    relations: tuple[Relation, ...]
    bases: tuple[str, ...]


def read_drawing(text: str, max_edges: int) -> dict[str, DrawnModel]:
    """Parse the text with pydot: every node by name, in the order of the file, abstract ones included.

    Takes about 3 ms an edge. Raises DotError when the text cannot be read, is not from graph_models, or has more than
    `max_edges` relations.
    """
    parts = list(_with_subgraphs(_parse(essential(text, max_edges))))
    listed_bases: dict[str, frozenset[str]] = {}
    for node in (node for part in parts for node in part.get_nodes()):
        name = _plain(node.get_name())
        if name not in _PSEUDO_NODES:
            listed_bases[name] = listed_bases.get(name, frozenset()) | _listed_bases(node)
    edges = [
        (_plain(edge.get_source()), _plain(edge.get_destination()), edge) for part in parts for edge in part.get_edges()
    ]
    # An endpoint need not have a node of its own: graph_models leaves it out where another model has its class name.
    nodes = dict.fromkeys(chain(listed_bases, *((source, target) for source, target, _ in edges)))
    _check_names(nodes, text)
    abstract = {target for source, target, edge in edges if _is_abstract(edge, target, listed_bases.get(source, ()))}
    relations: dict[str, dict[Relation, None]] = {name: {} for name in nodes}
    bases: dict[str, dict[str, None]] = {name: {} for name in nodes}
    for source, target, edge in edges:
        if target in abstract and _is_inheritance(edge):
            bases[source][target] = None
        elif _attribute(edge, "style") != "dotted":  # dotted is a GenericRelation: no table needs another for it
            relations[source][_relation(edge, target)] = None
    return {name: DrawnModel(tuple(relations[name]), tuple(bases[name])) for name in nodes}


def _parse(text: str) -> pydot.Dot:
    """The one graph in the text. pydot reports syntax errors on stdout: they are caught there and told as DotError."""
    import pydot

    noise = io.StringIO()
    try:
        with contextlib.redirect_stdout(noise):
            graphs = pydot.graph_from_dot_data(text)
    except Exception as error:
        # The grammar admits texts that pydot cannot build objects from, and says so with whatever breaks first.
        raise DotError("This dot file cannot be read: pydot does not understand how it is built.") from error
    if not graphs:
        line = _PARSER_LINE.search(noise.getvalue())
        raise DotError(f"{f'Line {line.group(1)}: ' if line else ''}this is not the dot language.")
    if len(graphs) > 1:
        raise DotError("This dot file holds more than one graph; graph_models writes one.")
    return graphs[0]


def _with_subgraphs(graph: pydot.Graph) -> Iterator[pydot.Graph]:
    """The graph and its groups: `graph_models -g` draws each app's models in one."""
    yield graph
    for subgraph in graph.get_subgraphs():
        yield from _with_subgraphs(subgraph)


def _check_names(names: Iterable[str], text: str) -> None:
    for name in names:
        if not _NODE_NAME.fullmatch(name):
            position = max(text.find(name), 0)
            raise DotError(f"Line {line_of(text, position)}: {name[:60]!a} is not a graph_models node.")


def _relation(edge: pydot.Edge, target: str) -> Relation:
    label = _attribute(edge, "label").strip()
    if _is_inheritance(edge):
        return Relation("proxy" if label.startswith("proxy") else "parent", "", target)
    field = "".join(filter(str.isprintable, label.partition(" (")[0]))[:_MAX_FIELD_LENGTH]
    if _attribute(edge, "arrowhead") != "none":
        return Relation("many_to_many", field, target)
    return Relation("one_to_one" if _attribute(edge, "arrowtail") == "none" else "foreign_key", field, target)


def _is_inheritance(edge: pydot.Edge) -> bool:
    return _attribute(edge, "arrowhead") == "empty"


def _is_abstract(edge: pydot.Edge, target: str, listed_bases: Collection[str]) -> bool:
    """Whether the edge leads to an abstract model.

    The edge's label tells it, except for a proxy's abstract base and where labels were hidden: then the table of the
    inheriting model does, which lists the class names of its abstract bases.
    """
    if not _is_inheritance(edge):
        return False
    labelled = _attribute(edge, "label").strip().startswith("abstract")
    return labelled or any(target.endswith(f"_{base}") for base in listed_bases)


def _listed_bases(node: pydot.Node) -> frozenset[str]:
    """Class names of a node's direct abstract bases, which `essential` left in the place of its label."""
    return frozenset(filter(None, _attribute(node, "label").split(",")))


def _attribute(drawn: pydot.Node | pydot.Edge, name: str) -> str:
    return _plain(drawn.get(name) or "")


def _plain(name: object) -> str:
    """A dot identifier without its quotes; pydot keeps them."""
    text = name if isinstance(name, str) else "a group of nodes"
    return text[1:-1] if len(text) > 1 and text.startswith('"') and text.endswith('"') else text
