"""A plan as Django sees it: a graph of migrations in which only the dependencies decide what comes first."""

from __future__ import annotations

from random import Random

from django.db.migrations import Migration
from django.db.migrations.graph import MigrationGraph
from hypothesis import given, settings
from hypothesis import strategies as st

from migwizard.plan.operations import Node
from migwizard.plan.plan import Plan, first_nodes
from migwizard.plan.schedule import schedule
from tests.plan.shapes import Shape, shapes

steady = settings(max_examples=60)


def graph_of(plan: Plan, shape: Shape) -> MigrationGraph:
    """All batches and the migrations of third parties, tied together as MigrationLoader would."""
    firsts = first_nodes(plan.batches)
    graph, edges = MigrationGraph(), list[tuple[Node, Node]]()
    for batch in plan.batches:
        node = (batch.app, batch.name)
        graph.add_node(node, Migration(batch.name, batch.app))
        targets = [firsts[app] for key in batch.operations for _, app in shape.by_id[key].swappable]
        edges += [(node, target) for target in targets if target[0] != batch.app]
        edges += [(node, each) for each in batch.dependencies if each[0] != "__setting__"]
        edges += [(each, node) for each in batch.run_before]
    for label, external in shape.externals.items():
        before: Node | None = None
        for migration in external.migrations:
            node = (label, migration.name)
            graph.add_node(node, Migration(migration.name, label))
            edges += [(node, firsts[app]) for app in migration.first if app in firsts]
            edges += [(node, before)] if before else []
            before = node
    for child, parent in edges:
        graph.add_dependency(graph.nodes[child], child, parent)
    graph.validate_consistency()
    return graph


@steady
@given(shapes(), st.randoms(use_true_random=False))
def test_whatever_django_takes_first_everything_comes_after_what_it_needs(shape: Shape, random: Random) -> None:
    plan = schedule(shape.operations, shape.externals, shape.targets)
    graph = graph_of(plan, shape)
    graph.ensure_not_cyclic()
    leaves = graph.leaf_nodes()
    random.shuffle(leaves)
    order = list(dict.fromkeys(node for leaf in leaves for node in graph.forwards_plan(leaf)))
    assert len(order) == len(graph.nodes)
    held = {(batch.app, batch.name): batch.operations for batch in plan.batches}
    done: set[str] = set()
    for node in order:
        for key in held.get(node, ()):
            assert shape.by_id[key].needs <= done
            done.add(key)
        begun = {label for label, _ in order[: order.index(node)]}
        assert {label for key in held.get(node, ()) for label, _ in shape.by_id[key].external} <= begun


@steady
@given(shapes())
def test_no_file_leaves_it_to_chance_which_file_of_the_project_it_depends_on(shape: Shape) -> None:
    """`__first__` and `__latest__` name whatever is there on the day; a swappable model alone may be named by setting."""
    plan = schedule(shape.operations, shape.externals, shape.targets)
    names = {(batch.app, batch.name) for batch in plan.batches}
    own = {app for app, _ in names}
    for batch in plan.batches:
        assert {node for node in batch.dependencies if node[0] in own} <= names
        assert {node for node in batch.dependencies if node[0] == "__setting__"} <= {("__setting__", "AUTH_USER_MODEL")}
