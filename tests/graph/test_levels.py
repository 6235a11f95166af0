"""Levels, cycles, and how they relate to peeling without condensation."""

from __future__ import annotations

from hypothesis import given

from migwizard.graph.levels import app_components, grouped_by_app, model_levels
from migwizard.graph.model import Model, ModelGraph, Relation

from .files import bookshop_registry
from .peeling import peeled
from .strategies import graph_of, graphs


def reachable(graph: ModelGraph) -> dict[str, set[str]]:
    """What each model needs, directly or through others."""
    needs: dict[str, set[str]] = {model.key: set() for model in graph.models}
    for source, target, _ in graph.edges():
        needs[source].add(target)
    changed = True
    while changed:
        changed = False
        for found in needs.values():
            more = set().union(*(needs[key] for key in found)) - found
            found |= more
            changed = changed or bool(more)
    return needs


@given(graphs())
def test_every_model_has_exactly_one_level(graph: ModelGraph) -> None:
    levels = model_levels(graph)
    assert sorted(key for level in levels.levels for key in level) == [model.key for model in graph.models]
    assert all(levels.of[key] == number for number, level in enumerate(levels.levels) for key in level)
    assert all(levels.levels)


@given(graphs())
def test_edges_outside_a_component_go_down(graph: ModelGraph) -> None:
    levels = model_levels(graph)
    component = {key: members for members in levels.components for key in members}
    for source, target, _ in graph.edges():
        if source != target and target not in component.get(source, ()):
            assert levels.of[target] < levels.of[source]


@given(graphs())
def test_no_model_is_later_than_it_must_be(graph: ModelGraph) -> None:
    levels = model_levels(graph)
    component = {key: members for members in levels.components for key in members}
    below: dict[str, set[int]] = {model.key: set() for model in graph.models}
    for source, target, _ in graph.edges():
        members = component.get(source, (source,))
        if target not in members:
            for key in members:
                below[key].add(levels.of[target])
    assert all(levels.of[key] == max(numbers, default=-1) + 1 for key, numbers in below.items())


@given(graphs())
def test_components_are_the_strongly_connected_ones(graph: ModelGraph) -> None:
    needs = reachable(graph)
    rings = {
        tuple(sorted(other for other in needs if other == key or (other in needs[key] and key in needs[other])))
        for key in needs
    }
    components = model_levels(graph).components
    assert set(components) == {ring for ring in rings if len(ring) > 1}
    assert len(set(components)) == len(components)


@given(graphs())
def test_members_of_a_component_share_a_level(graph: ModelGraph) -> None:
    levels = model_levels(graph)
    assert all(len({levels.of[key] for key in members}) == 1 for members in levels.components)
    assert list(levels.components) == sorted(levels.components, key=lambda members: (levels.of[members[0]], members))


@given(graphs(acyclic=True))
def test_without_cycles_levels_are_those_of_peeling(graph: ModelGraph) -> None:
    assert peeled(graph) == (model_levels(graph).levels, ())


@given(graphs())
def test_peeling_is_stuck_exactly_on_cycles_and_what_needs_them(graph: ModelGraph) -> None:
    levels = model_levels(graph)
    needs = reachable(graph)
    in_cycle = {key for members in levels.components for key in members}
    levels_of_peeling, stuck = peeled(graph)
    assert set(stuck) == {key for key in needs if key in in_cycle or needs[key] & in_cycle}
    assert all(levels.of[key] == number for number, level in enumerate(levels_of_peeling) for key in level)


@given(graphs())
def test_order_of_models_and_relations_does_not_matter(graph: ModelGraph) -> None:
    turned = tuple(Model(model.app, model.name, relations=model.relations[::-1]) for model in reversed(graph.models))
    other = ModelGraph((), turned, "registry")
    assert model_levels(other) == model_levels(graph)
    assert list(model_levels(other).of) == list(model_levels(graph).of)
    assert app_components(other) == app_components(graph)


def test_self_relation_does_not_count() -> None:
    graph = graph_of([("a.Tree", "a.Tree"), ("a.Leaf", "a.Tree")])
    assert model_levels(graph).levels == (("a.Tree",), ("a.Leaf",))
    assert model_levels(graph).components == ()
    assert peeled(graph) == ((("a.Tree",), ("a.Leaf",)), ())


def test_component_shares_a_level_above_what_it_needs() -> None:
    graph = graph_of([("a.A", "b.B"), ("b.B", "a.A"), ("b.B", "c.C"), ("d.D", "a.A")])
    levels = model_levels(graph)
    assert levels.levels == (("c.C",), ("a.A", "b.B"), ("d.D",))
    assert levels.components == (("a.A", "b.B"),)
    assert peeled(graph) == ((("c.C",),), ("a.A", "b.B", "d.D"))


def test_empty_graph_has_no_levels() -> None:
    levels = model_levels(ModelGraph((), (), "registry"))
    assert (levels.levels, dict(levels.of), levels.components) == ((), {}, ())


def test_apps_may_be_in_a_cycle_where_no_model_is() -> None:
    graph = graph_of([("orders.Order", "shipment.Courier"), ("shipment.Shipment", "orders.Order"), ("z.Z", "z.Z")])
    assert model_levels(graph).components == ()
    assert app_components(graph) == (("orders", "shipment"),)


def test_models_without_an_app_make_no_app_cycle() -> None:
    there = Model("shop", "Order", relations=(Relation("foreign_key", "raw", "raw_models_Raw"),))
    back = Model("", "raw_models_Raw", relations=(Relation("foreign_key", "order", "shop.Order"),))
    assert app_components(ModelGraph((), (there, back), "dot")) == ()


def test_grouped_by_app() -> None:
    level = ["shop.Order", "auth.User", "shop.Basket", "raw_models_Raw"]
    assert grouped_by_app(level) == {"": ("raw_models_Raw",), "auth": ("User",), "shop": ("Basket", "Order")}


def test_real_registry() -> None:
    levels = model_levels(bookshop_registry())
    assert levels.components == (("shop.Customer", "shop.Favourite"),)
    assert levels.of["books.OldBook"] == levels.of["books.Book"] + 1
    assert levels.of["shop.Order_Line"] == len(levels.levels) - 1


def test_large_graph_in_one_long_chain() -> None:
    size = 10_000
    models = tuple(
        Model(
            "a",
            f"M{one}",
            relations=tuple(Relation("foreign_key", "f", f"a.M{max(one - step, 0)}") for step in (1, 2, 3, 5, 8)),
        )
        for one in range(size)
    )
    graph = ModelGraph((), models, "registry")
    assert model_levels(graph).levels == tuple((f"a.M{number}",) for number in range(size))
    assert peeled(graph) == (model_levels(graph).levels, ())
