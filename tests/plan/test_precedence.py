"""Dependencies for the order alone: never a circle, always as told, and only where they save something."""

from __future__ import annotations

from django.db.migrations import Migration
from django.db.migrations.graph import MigrationGraph
from hypothesis import given, settings
from hypothesis import strategies as st

from migwizard.plan.operations import Node
from migwizard.plan.precedence import Weight, applied, find_precedence, rendered


@st.composite
def histories(draw: st.DrawFn) -> list[Weight]:
    """Migrations of a few apps, each one after the one before it of its app and after some of others."""
    weights: list[Weight] = []
    last: dict[str, Node] = {}
    models = [f"{app}.m{number}" for app in "abcd" for number in range(3)]
    for number in range(draw(st.integers(1, 12))):
        app = draw(st.sampled_from("abcd"))
        others = draw(st.lists(st.sampled_from(weights), max_size=2)) if weights else []
        parents = {other.node for other in others} | ({last[app]} if app in last else set())
        connected = draw(st.lists(st.lists(st.sampled_from(models), min_size=1, max_size=3, unique=True), max_size=3))
        last[app] = (app, f"{number:04}")
        whole = draw(st.integers(0, 1))
        weights.append(Weight(last[app], frozenset(parents), tuple(map(tuple, connected)), 0, whole))
    return weights


def graph_of(weights: list[Weight], more: tuple[tuple[Node, Node], ...] = ()) -> MigrationGraph:
    graph = MigrationGraph()
    for weight in weights:
        graph.add_node(weight.node, Migration(weight.node[1], weight.node[0]))
    edges = [(weight.node, parent) for weight in weights for parent in weight.parents]
    for child, parent in (*edges, *more):
        graph.add_dependency(graph.nodes[child], child, parent)
    return graph


def order_of(graph: MigrationGraph) -> list[Node]:
    return list(dict.fromkeys(node for leaf in graph.leaf_nodes() for node in graph.forwards_plan(leaf)))


@given(histories())
def test_the_order_is_djangos(weights: list[Weight]) -> None:
    assert applied({weight.node: weight.parents for weight in weights}) == order_of(graph_of(weights))


@settings(max_examples=200)
@given(histories(), st.sets(st.sampled_from("abcd"), min_size=1))
def test_what_is_found_is_worth_what_is_said_of_it(weights: list[Weight], apps: set[str]) -> None:
    own = {weight.node for weight in weights if weight.node[0] in apps}
    found = find_precedence(weights, own)
    graph = graph_of(weights, found.dependencies)
    graph.ensure_not_cyclic()
    by_node = {weight.node: weight for weight in weights}
    assert found.before == rendered([by_node[node] for node in order_of(graph_of(weights))])
    assert found.after == rendered([by_node[node] for node in order_of(graph)])
    assert found.after < found.before if found.dependencies else found.after == found.before
    assert {node for node, _ in found.dependencies} <= own
    assert {app for _, (app, _) in found.dependencies} <= apps


def test_an_app_that_binds_two_others_together_comes_last() -> None:
    """alpha connects the models of beta and gamma, and would come first for its name; omega adds to beta alone."""

    def weight(app: str, parents: str, *connected: str) -> Weight:
        needed = frozenset((parent, "1") for parent in parents.split())
        return Weight((app, "1"), needed, tuple(tuple(models.split()) for models in connected), 0, 0)

    weights = [
        weight("alpha", "beta gamma", "a b g"),
        weight("beta", "", "b"),
        weight("gamma", "", *("g" if not number else f"g{number} g" for number in range(6))),
        weight("omega", "beta", *(f"o{number} b" for number in range(6))),
    ]
    found = find_precedence(weights, {weight.node for weight in weights})
    assert found.dependencies == ((("alpha", "1"), ("omega", "1")),)
    assert (found.before, found.after) == (1 + 21 + 8 + sum(range(9, 15)), 1 + 21 + sum(range(2, 8)) + 14)
    assert find_precedence(weights, {("omega", "1")}).dependencies == ()
    # omega takes no part: it may be missing in other settings, or behind in a database.
    assert find_precedence(weights, {("alpha", "1")}).dependencies == ()
