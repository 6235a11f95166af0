"""Strongly connected components, compared with those of networkx."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from migwizard.graph.components import components, ordered_components


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    names = [f"n{number}" for number in range(draw(st.integers(0, 9)))]
    return {name: draw(st.lists(st.sampled_from(names), max_size=4)) for name in names}


@given(graphs())
def test_components_are_those_of_networkx(targets: dict[str, list[str]]) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph(targets)
    expected = {frozenset(found) for found in nx.strongly_connected_components(graph)}
    found = [frozenset(members) for members in components(targets)]
    assert (set(found), len(found)) == (expected, len(expected))


@given(graphs())
def test_a_component_comes_after_all_that_it_leads_to(targets: dict[str, list[str]]) -> None:
    seen: set[str] = set()
    for members in components(targets):
        seen.update(members)
        assert all(target in seen for node in members for target in targets[node])


@given(graphs())
def test_their_order_is_the_one_that_networkx_finds_by_name(targets: dict[str, list[str]]) -> None:
    graph = nx.condensation(nx.DiGraph(targets))
    names = {node: tuple(sorted(graph.nodes[node]["members"])) for node in graph}
    expected = nx.lexicographical_topological_sort(graph.reverse(), key=names.__getitem__)
    assert list(ordered_components(targets)) == [names[node] for node in expected]


def test_a_long_chain_needs_no_recursion() -> None:
    chain = {str(number): [str(number + 1)] for number in range(20_000)} | {"20000": []}
    assert sum(1 for _ in components(chain)) == 20_001
