"""The picture's text is deterministic, complete, and valid dot."""

from __future__ import annotations

from dataclasses import replace

import pydot
from hypothesis import given, settings

from migwizard.graph.dot_out import to_dot
from migwizard.graph.levels import model_levels
from migwizard.graph.model import App, Model, ModelGraph, Relation

from .files import bookshop_dot, bookshop_registry
from .strategies import graph_of, graphs


def parsed(text: str) -> pydot.Dot:
    (dot,) = pydot.graph_from_dot_data(text) or []
    return dot


def drawn(graph: ModelGraph, *, highlight_cycles: bool = True) -> str:
    return to_dot(graph, model_levels(graph), highlight_cycles=highlight_cycles)


def node(text: str, key: str) -> str:
    """The statement that draws a model."""
    (line,) = (line for line in text.splitlines() if line.startswith(f'"{key}" ['))
    return line


@settings(max_examples=15)  # pydot parses slowly
@given(graphs())
def test_every_level_is_a_box_with_its_models(graph: ModelGraph) -> None:
    levels = model_levels(graph)
    boxes = {
        box.get_name(): {node.get_name().strip('"') for node in box.get_nodes()}
        for box in parsed(to_dot(graph, levels)).get_subgraphs()
    }
    assert boxes == {f"cluster_level_{number}": set(level) for number, level in enumerate(levels.levels)}


@settings(max_examples=15)  # pydot parses slowly
@given(graphs())
def test_every_edge_is_drawn(graph: ModelGraph) -> None:
    ends = [
        (str(edge.get_source()).strip('"'), str(edge.get_destination()).strip('"'))
        for edge in parsed(drawn(graph)).get_edges()
    ]
    assert sorted(ends) == sorted((source, target) for source, target, _ in graph.edges())


@given(graphs())
def test_order_of_models_does_not_change_the_text(graph: ModelGraph) -> None:
    assert drawn(graph) == drawn(replace(graph, models=tuple(reversed(graph.models))))


def test_project_and_third_party_and_unknown_are_told_apart() -> None:
    text = drawn(bookshop_dot())
    assert 'style="filled"' in node(text, "books.Book")
    assert 'style="dashed"' in node(text, "auth.Group")
    assert "style" not in node(text, "side_app_models_Loose")


def test_cycles_are_marked_with_a_number_only_where_they_are() -> None:
    graph = bookshop_registry()
    text = drawn(graph)
    assert "\\ncycle 1" in node(text, "shop.Customer")
    assert "cycle" not in node(text, "shop.Order")
    red = [line for line in text.splitlines() if "penwidth" in line]
    assert [line.partition(" [")[0] for line in red] == [
        '"shop.Customer" -> "shop.Favourite"',
        '"shop.Favourite" -> "shop.Customer"',
    ]
    plain = drawn(graph, highlight_cycles=False)
    assert "cycle" not in plain
    assert "penwidth" not in plain


def test_second_cycle_has_the_second_number() -> None:
    text = drawn(graph_of([("b.B", "b.C"), ("b.C", "b.B"), ("a.A", "a.D"), ("a.D", "a.A"), ("a.A", "b.B")]))
    assert "cycle 1" in node(text, "b.B")
    assert "cycle 2" in node(text, "a.A")


def test_self_relation_is_drawn_as_no_cycle() -> None:
    text = drawn(graph_of([("a.A", "a.A")]))
    assert '"a.A" -> "a.A"' in text
    assert "penwidth" not in text


def test_self_relation_inside_a_cycle_is_no_part_of_it() -> None:
    text = drawn(graph_of([("a.A", "a.A"), ("a.A", "a.B"), ("a.B", "a.A")]))
    assert [line.partition(" [")[0] for line in text.splitlines() if "penwidth" in line] == [
        '"a.A" -> "a.B"',
        '"a.B" -> "a.A"',
    ]


def test_quotes_and_backslashes_cannot_leave_their_string() -> None:
    evil = 'x" ]; "injected" [label="\\'
    relation = Relation("foreign_key", evil, "a.B")
    graph = ModelGraph(
        (App("a", "a", "/a", None, 0, True),),
        (Model("a", "A", relations=(relation,)), Model("a", "B"), Model("a", evil)),
        "registry",
    )
    dot = parsed(drawn(graph))
    assert [edge.get_destination() for edge in dot.get_edges()] == ['"a.B"']
    assert sum(len(box.get_nodes()) for box in dot.get_subgraphs()) == 3


def test_empty_graph_is_valid_dot() -> None:
    assert parsed(drawn(ModelGraph((), (), "registry"))).get_edges() == []
