"""The cut through a history: closed above, closed below, and no larger than it has to be."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from migwizard.plan.cut import Cut, SpansCutError, UntoldError, ancestors, cut, sides
from migwizard.plan.operations import Node

OWN = {"a", "b"}
Graph = dict[Node, tuple[Node, ...]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Migrations of two own apps and a third party in an order in which they can be applied."""
    found: Graph = {}
    for number in range(draw(st.integers(1, 12))):
        node = (draw(st.sampled_from(("a", "b", "third"))), f"{number:04d}")
        found[node] = tuple(draw(st.lists(st.sampled_from(list(found)), unique=True, max_size=3))) if found else ()
    return found


@st.composite
def aged(draw: st.DrawFn) -> tuple[Graph, dict[Node, bool | None]]:
    graph = draw(graphs())
    return graph, {node: draw(st.sampled_from((True, False))) for node in graph if node[0] in OWN}


@given(aged())
def test_what_is_kept_is_closed_and_what_is_folded_needs_nothing_of_it(
    case: tuple[Graph, dict[Node, bool | None]],
) -> None:
    graph, is_old = case
    found = cut(graph, OWN, is_old)
    upper = {*found.kept, *found.above}
    for node, before in graph.items():
        assert node in upper or not upper & set(before), "nothing that is folded comes after what stays above"
    assert {node for node, old in is_old.items() if old is False} <= set(found.kept)
    assert all(node[0] in OWN for node in found.kept)
    assert not any(node[0] in OWN for node in found.above)


@given(aged())
def test_nothing_is_kept_without_a_reason(case: tuple[Graph, dict[Node, bool | None]]) -> None:
    graph, is_old = case
    found = cut(graph, OWN, is_old)
    young = {node for node, old in is_old.items() if old is False}
    for node in (*found.widened, *found.above):
        assert ancestors(graph, [node]) & young
    assert set(found.widened) == set(found.kept) - young
    assert list(found.kept) == [node for node in graph if node in found.kept], "in the order of the graph"


@given(graphs())
def test_what_comes_before_something_old_or_after_something_young_needs_no_date(graph: Graph) -> None:
    own = [node for node in graph if node[0] in OWN]
    is_old: dict[Node, bool | None] = dict.fromkeys(own)
    assume(own)
    is_old[own[-1]] = True
    try:
        found = cut(graph, OWN, is_old)
    except UntoldError as error:
        assert not set(error.nodes) & ancestors(graph, [own[-1]])
    else:
        assert found == Cut((), (), ())
        assert set(own) <= ancestors(graph, [own[-1]])


CHAIN: Graph = {("a", "1"): (), ("a", "2"): (("a", "1"),), ("b", "1"): (("a", "2"),), ("a", "3"): (("a", "2"),)}


def test_an_old_one_after_a_young_one_is_kept_and_named() -> None:
    found = cut(CHAIN, OWN, {("a", "1"): True, ("a", "2"): False, ("b", "1"): True, ("a", "3"): None})
    assert found == Cut((("a", "2"), ("b", "1"), ("a", "3")), (("b", "1"),), ())


def test_a_squash_is_as_old_as_what_it_joins() -> None:
    squash: dict[Node, tuple[Node, ...]] = {("a", "s"): (("a", "1"), ("a", "2"))}
    whole = {("a", "1"): True, ("a", "2"): True, ("a", "s"): False}
    assert sides([("a", "s")], squash, whole) == {("a", "s"): True}
    assert sides([("a", "s")], squash, {("a", "s"): False}) == {("a", "s"): False}, "their files are gone"
    with pytest.raises(
        SpansCutError, match=r"a\.s joins migrations of both sides of the cut: a\.1 is older, a\.2 younger"
    ):
        sides([("a", "s")], squash, {**whole, ("a", "2"): False})


def test_squashes_of_squashes_are_as_old_as_the_last_files() -> None:
    nested: dict[Node, tuple[Node, ...]] = {("a", "t"): (("a", "s"),), ("a", "s"): (("a", "1"),)}
    assert sides([("a", "t")], nested, {("a", "t"): False, ("a", "s"): False, ("a", "1"): True}) == {("a", "t"): True}
