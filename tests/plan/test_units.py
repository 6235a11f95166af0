"""The order inside a file: what is in CreateModel, and what has to stay outside."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from migwizard.plan.operations import Operation
from migwizard.plan.rendering import Rendered
from migwizard.plan.units import order_units
from tests.plan.shapes import add, create, index, of_models
from tests.plan.test_schedule import steady


def units_of(operations: list[Operation]) -> list[tuple[str, ...]]:
    return list(order_units(operations, Rendered({op.id: op.of_model for op in operations if op.makes_model})))


def outside(operations: list[Operation]) -> set[str]:
    """The operations that are in no CreateModel."""
    made = {op.id for op in operations if op.makes_model}
    return {key for unit in units_of(operations) if unit[0] not in made for key in unit}


def test_a_model_is_made_with_all_that_can_be_in_it() -> None:
    operations = [*of_models({"a.Leaf": ["a.Root"], "a.Root": []}), index("a", "Leaf", "i", "a.Leaf.to_a_Root")]
    assert units_of(operations) == [("a.Root",), ("a.Leaf", "a.Leaf.to_a_Root", "a.Leaf.i")]


def test_of_models_that_need_each_other_the_fewest_relations_stay_outside() -> None:
    operations = of_models({"a.Hub": ["a.One"], "a.One": ["a.Hub"], "a.Two": ["a.Hub", "a.One"]})
    assert len(outside(operations)) == 1
    assert not outside(operations) & {"a.Two.to_a_Hub", "a.Two.to_a_One"}


def test_what_mentions_a_relation_outside_comes_after_it() -> None:
    operations = of_models({"a.One": ["a.Two"], "a.Two": ["a.One"]})
    late = next(iter(outside(operations)))
    model = late.split(".")[1]
    order = [key for unit in units_of([*operations, index("a", model, "i", late)]) for key in unit]
    assert order.index(late) < order.index(f"a.{model}.i")


def test_a_base_is_never_put_after_its_child() -> None:
    operations = [
        create("a", "Base"),
        add("a", "Base", "favourite", "a.Child"),
        create("a", "Child", "a.Base"),
    ]
    assert units_of(operations) == [("a.Base",), ("a.Child",), ("a.Base.favourite",)]


def test_a_field_that_points_at_a_column_outside_waits_for_it() -> None:
    operations = [
        create("a", "One"),
        add("a", "One", "code", "a.Two"),
        create("a", "Two"),
        add("a", "Two", "one", "a.One", "a.One.code"),
    ]
    order = [key for unit in units_of(operations) for key in unit]
    assert order.index("a.One.code") < order.index("a.Two.one")


@st.composite
def graphs(draw: st.DrawFn) -> list[Operation]:
    names = [f"a.M{number}" for number in range(draw(st.integers(2, 5)))]
    pairs = [(one, other) for one in names for other in names if one != other]
    edges = draw(st.sets(st.sampled_from(pairs), max_size=9))
    return of_models({name: sorted(other for one, other in edges if one == name) for name in names})


@steady
@given(graphs())
def test_every_operation_comes_once_and_after_what_it_needs(operations: list[Operation]) -> None:
    order = [key for unit in units_of(operations) for key in unit]
    places = {key: place for place, key in enumerate(order)}
    unit_of = {key: unit for unit in units_of(operations) for key in unit}
    assert sorted(order) == sorted(op.id for op in operations)
    for op in operations:
        assert all(places[need] < places[op.id] or unit_of[need] == unit_of[op.id] for need in op.needs)


@steady
@given(graphs())
def test_in_small_graphs_no_order_leaves_fewer_outside(operations: list[Operation]) -> None:
    models = [op.id for op in operations if op.makes_model]
    fields = [op for op in operations if op.kind == "AddField"]

    def late(order: tuple[str, ...]) -> int:
        return sum(any(order.index(n) > order.index(f"{f.app}.{f.model}") for n in f.needs) for f in fields)

    assert len(outside(operations)) == min(map(late, permutations(models)))
