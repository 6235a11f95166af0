"""A person's order of a cycle, the orders that are offered, and names given by hand."""

from __future__ import annotations

import time
from collections import Counter
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from migwizard.plan import ways
from migwizard.plan.renaming import NamingError, checked_name, checked_tag, renamed
from migwizard.plan.schedule import Cycle, OrderError, Plan, PlanError, schedule
from tests.plan.shapes import Shape, add, create, of_models, shapes
from tests.plan.test_schedule import dense, homes, parted, ring, steady


def planned(shape: Shape, order: tuple[str, ...] = ()) -> Plan:
    return schedule(shape.operations, shape.externals, shape.targets, order=order)


def firsts(plan: Plan, apps: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(app for app in dict.fromkeys(batch.app for batch in plan.batches) if app in apps)


@steady
@given(shapes(), st.randoms(use_true_random=False))
def test_a_stated_order_is_followed_or_refused_by_name(shape: Shape, random: Random) -> None:
    for cycle in planned(shape).cycles:
        stated = list(cycle.apps)
        random.shuffle(stated)
        try:
            plan = planned(shape, tuple(stated))
        except OrderError as error:
            assert any(str(error).startswith(f"{app} cannot come at this place") for app in stated)
            continue
        assert firsts(plan, cycle.apps) == tuple(stated)


@steady
@given(shapes(), st.randoms(use_true_random=False))
def test_a_plan_in_a_stated_order_is_as_sound_as_any(shape: Shape, random: Random) -> None:
    apps = sorted({operation.app for operation in shape.operations})
    random.shuffle(apps)
    try:
        plan = planned(shape, tuple(apps))
    except OrderError:
        reject()
    order = [key for batch in plan.batches for key in batch.operations]
    assert Counter(order) == Counter(operation.id for operation in shape.operations)
    places = {key: place for place, key in enumerate(order)}
    assert all(places[need] < places[op.id] for op in shape.operations for need in op.needs)
    for target in shape.targets:
        operation = next(op for op in shape.operations if op.id.lower() == target)
        first = next(batch for batch in plan.batches if batch.app == operation.app)
        assert operation.id in first.operations


@steady
@given(shapes())
def test_every_offered_order_costs_what_it_says(shape: Shape) -> None:
    for cycle in planned(shape).cycles:
        for order in cycle.orders:
            plan = planned(shape, order.apps)
            inside = [batch for batch in plan.batches if batch.app in cycle.apps]
            waiting = {item.operations for batch in inside for item in batch.deferred}
            assert len(inside) == order.files
            late = parted(plan, [operation for operation in shape.operations if operation.app in cycle.apps])
            assert len(late) == order.parted
            assert {item.operations for item in order.deferred} == waiting
            home = homes(plan)
            for item in order.deferred:
                back = home[item.operations[0]]
                assert item.returns_in == f"{back.app}/{back.name}"


@steady
@given(shapes())
def test_nothing_is_offered_that_is_better_than_what_is_recommended(shape: Shape) -> None:
    for cycle in planned(shape).cycles:
        assert [order.recommended for order in cycle.orders] == [True] + [False] * (len(cycle.orders) - 1)
        assert [order.chosen for order in cycle.orders].count(True) == 1
        costs = [(order.files, order.parted) for order in cycle.orders]
        assert min(costs) == costs[0]


@steady
@given(shapes())
def test_of_a_small_cycle_no_order_at_all_is_better(shape: Shape) -> None:
    for cycle in planned(shape).cycles:
        if not cycle.complete:
            continue
        best = cycle.orders[0]
        for stated in permutations(cycle.apps):
            try:
                plan = planned(shape, stated)
            except PlanError:
                continue
            inside = [batch for batch in plan.batches if batch.app in cycle.apps]
            assert len(inside) >= best.files


@steady
@given(shapes())
def test_the_recommended_order_stated_changes_nothing(shape: Shape) -> None:
    plan = planned(shape)
    stated = tuple(app for cycle in plan.cycles for app in cycle.orders[0].apps)
    assert planned(shape, stated) == plan


def test_a_cheaper_order_than_the_greedy_one_is_used() -> None:
    """Beginning with `a` looks cheapest, since little of it waits, but then `b` cannot be completed at once."""
    operations = [
        *of_models({"a.M": ["b.N"], "b.N": ["c.P", "a.M"], "b.Q": ["a.M"], "c.P": ["b.Q", "b.N", "a.M"]}),
    ]
    plan = schedule(operations, {})
    (cycle,) = plan.cycles
    assert cycle.complete
    assert len(plan.batches) == min(len(schedule(operations, {}, order=order).batches) for order in permutations("abc"))
    assert len(plan.batches) < len(schedule(operations, {}, order=("a",)).batches)


def test_another_order_of_a_cycle_gives_other_files() -> None:
    operations = of_models({"a.M": ["b.M"], "b.M": ["a.M"]})
    assert [batch.app for batch in schedule(operations, {}).batches] == ["a", "b", "a"]
    plan = schedule(operations, {}, order=("b",))
    assert [batch.app for batch in plan.batches] == ["b", "a", "b"]
    (cycle,) = plan.cycles
    assert [(order.apps, order.recommended, order.chosen) for order in cycle.orders] == [
        (("a", "b"), True, False),
        (("b", "a"), False, True),
    ]


def test_an_order_that_nobody_offered_is_listed_as_the_chosen_one() -> None:
    stated = ("a3", "a5", "a1", "a0", "a2", "a4")
    plan = schedule(dense(6), {}, order=stated)
    assert [order.apps for order in plan.cycles[0].orders if order.chosen] == [stated]


def test_an_app_before_what_it_needs_is_refused_with_the_reason() -> None:
    operations = [
        create("base", "Base"),
        add("base", "Base", "leaf", "leaf.Leaf"),
        create("leaf", "Leaf", "base.Base"),
    ]
    with pytest.raises(OrderError, match=r"leaf cannot come at this place: leaf\.Leaf has to wait for base\."):
        schedule(operations, {}, order=("leaf", "base"))


def test_an_order_that_starts_a_swappable_model_too_early_is_refused() -> None:
    operations = [
        create("users", "Team"),
        create("users", "User", "people.Person"),
        create("people", "Person"),
        add("people", "Person", "team", "users.Team"),
    ]
    with pytest.raises(OrderError, match=r"users cannot come at this place: users\.User has to wait for people\."):
        schedule(operations, {}, {"users.user"}, order=("users", "people"))


def test_apps_that_are_not_in_a_cycle_are_ordered_by_what_they_need_alone() -> None:
    operations = of_models({"a.M": ["b.M"], "b.M": []})
    assert [batch.app for batch in schedule(operations, {}, order=("a", "b")).batches] == ["b", "a"]


def test_planning_ten_apps_with_fifty_models_is_quick() -> None:
    """0.1 s is what a person does not notice; the figure here leaves room for a busy machine."""
    operations = ring(10, 5)
    began = time.process_time()
    plan = schedule(operations, {})
    assert time.process_time() - began < 1.0
    assert 1 < len(plan.cycles[0].orders) <= 12


def test_orders_are_sought_when_somebody_looks_at_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan needs the recommended one only, and the others cost more than that."""
    tried: list[object] = []
    best = ways._best

    def counted(board: Any, order: Any, effort: Any) -> ways.Way:
        tried.append(order)
        return best(board, order, effort)

    monkeypatch.setattr(ways, "_best", counted)
    (cycle,) = schedule(ring(4, 2), {}).cycles
    assert tried == [()]
    assert len(cycle.orders) == len(tried) > 1


def test_in_a_very_large_cycle_few_orders_are_tried() -> None:
    """The search is bounded by a count, so the same project has the same orders on every machine."""
    (cycle,) = schedule(dense(60), {}).cycles
    assert len(cycle.orders) <= 3
    assert not cycle.complete


def two() -> Plan:
    return schedule(of_models({"a.M": ["b.M"], "b.M": ["a.M"]}), {})


def test_a_renamed_file_is_named_so_everywhere() -> None:
    plan = renamed(two(), {("a", "0002_reset_links_to_b"): "0002_late", ("b", "0001_reset_initial"): "0001_b"})
    names = [(batch.app, batch.name) for batch in plan.batches]
    assert names == [("a", "0001_reset_initial"), ("b", "0001_b"), ("a", "0002_late")]
    assert plan.batches[2].dependencies == (("a", "0001_reset_initial"), ("b", "0001_b"))
    assert plan.batches[0].deferred[0].returns_in == "a/0002_late"
    cycle: Cycle = plan.cycles[0]
    assert cycle.orders[0].deferred[0].returns_in == "a/0002_late"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "small letters"),
        ("0001-base", "small letters"),
        ("../evil", "small letters"),
        ("Base", "small letters"),
        ("x" * 300, "small letters"),
        ("0002_base", "has to stay 0001"),
        ("0001_old", "was used before"),
        ("other", "another new file"),
        ("reset_seed", "another new file"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(name: str, why: str) -> None:
    with pytest.raises(NamingError, match=why):
        checked_name(name, "0001_reset_initial", tag="reset", used={"0001_old"}, taken={"0001_other"})


@pytest.mark.parametrize("name", ["base", "0001_base"])
def test_the_number_of_a_name_may_be_left_out(name: str) -> None:
    assert checked_name(name, "0001_reset_initial", tag="reset", used=(), taken=()) == "0001_base"


@pytest.mark.parametrize("tag", ["", "1st", "a-b", "Reset", "a b", "x" * 51])
def test_a_tag_is_a_word(tag: str) -> None:
    with pytest.raises(NamingError):
        checked_tag(tag)
    assert checked_tag("fresh_2") == "fresh_2"
