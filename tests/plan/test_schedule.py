"""The invariants of a plan, over random operation graphs and the shapes that are known to be hard."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migwizard.plan.operations import Operation
from migwizard.plan.schedule import Batch, Plan, PlanError, schedule
from tests.plan.shapes import Shape, add, create, external, index, of_models, shapes

# The first example pays for importing networkx.
steady = settings(max_examples=60)


def plan_of(shape: Shape) -> Plan:
    return schedule(shape.operations, shape.externals, shape.targets)


def homes(plan: Plan) -> dict[str, Batch]:
    return {key: batch for batch in plan.batches for key in batch.operations}


def firsts(plan: Plan) -> dict[str, Batch]:
    found: dict[str, Batch] = {}
    for batch in plan.batches:
        found.setdefault(batch.app, batch)
    return found


def waits(shape: Shape, operation: Operation) -> set[str]:
    """Apps that must have begun, since a third party that the operation points to waits for them."""
    return {app for label, _ in operation.external for app in shape.externals[label].migrations[-1].first}


@steady
@given(shapes())
def test_every_operation_comes_once_and_after_what_it_needs(shape: Shape) -> None:
    order = [key for batch in plan_of(shape).batches for key in batch.operations]
    assert Counter(order) == Counter(operation.id for operation in shape.operations)
    places = {key: place for place, key in enumerate(order)}
    for operation in shape.operations:
        assert all(places[need] < places[operation.id] for need in operation.needs)


@steady
@given(shapes())
def test_a_batch_is_of_one_app_and_depends_on_earlier_batches_only(shape: Shape) -> None:
    plan = plan_of(shape)
    seen: set[tuple[str, str]] = set()
    for batch in plan.batches:
        assert {shape.by_id[key].app for key in batch.operations} <= {batch.app}
        inside = {node for node in batch.dependencies if node[0] in firsts(plan)}
        assert inside <= seen
        seen.add((batch.app, batch.name))


@steady
@given(shapes())
def test_dependencies_cover_every_need(shape: Shape) -> None:
    plan = plan_of(shape)
    home, first = homes(plan), firsts(plan)
    previous: dict[str, Batch] = {}
    for batch in plan.batches:
        named = dict(batch.dependencies)
        for operation in map(shape.by_id.__getitem__, batch.operations):
            assert {label for label, _ in operation.external} <= named.keys()
            swapped = {app for _, app in operation.swappable}
            for need in map(home.__getitem__, operation.needs):
                through_setting = need.app in swapped and need is first[need.app] and "__setting__" in named
                assert need.app == batch.app or named.get(need.app, "") >= need.name or through_setting
        if batch.app in previous:
            assert named[batch.app] == previous[batch.app].name
        previous[batch.app] = batch


@steady
@given(shapes())
def test_a_third_party_that_waits_finds_what_it_waits_for(shape: Shape) -> None:
    plan = plan_of(shape)
    order = {(batch.app, batch.name): place for place, batch in enumerate(plan.batches)}
    for key, batch in homes(plan).items():
        for app in waits(shape, shape.by_id[key]):
            first = firsts(plan)[app]
            assert order[first.app, first.name] < order[batch.app, batch.name]


@steady
@given(shapes())
def test_a_swappable_target_is_in_the_first_batch_of_its_app(shape: Shape) -> None:
    plan = plan_of(shape)
    for target in shape.targets:
        operation = next(op for op in shape.operations if op.id.lower() == target)
        assert operation.id in firsts(plan)[operation.app].operations


@steady
@given(shapes())
def test_what_is_deferred_returns_once_in_the_file_and_level_that_were_told(shape: Shape) -> None:
    plan = plan_of(shape)
    home = homes(plan)
    later: dict[str, list[str]] = {}
    for batch in reversed(plan.batches):
        waiting = [key for item in batch.deferred for key in item.operations]
        assert sorted(waiting) == sorted(later.get(batch.app, ()))
        for item in batch.deferred:
            (back,) = {home[key].name: home[key] for key in item.operations}.values()
            assert (item.returns_in, item.returns_at) == (f"{back.app}/{back.name}", back.level)
            assert item.returns_at > batch.level
            assert item.waits_for, "an operation that waits for nobody could have come at once"
        later.setdefault(batch.app, []).extend(batch.operations)
    assert len(plan.deferred) == len({item.operations[0] for item in plan.deferred})


@steady
@given(shapes())
def test_the_level_is_the_longest_path_to_the_batch(shape: Shape) -> None:
    plan = plan_of(shape)
    home, first = homes(plan), firsts(plan)
    level: dict[tuple[str, str], int] = {}
    previous: dict[str, Batch] = {}
    for batch in plan.batches:
        before = [previous[batch.app]] if batch.app in previous else []
        for operation in map(shape.by_id.__getitem__, batch.operations):
            before += [home[need] for need in operation.needs if home[need] is not batch]
            before += [first[app] for app in waits(shape, operation)]
        level[batch.app, batch.name] = 1 + max((level[each.app, each.name] for each in before), default=-1)
        previous[batch.app] = batch
    assert {(batch.app, batch.name): batch.level for batch in plan.batches} == level
    assert [set(batches) for batches in plan.levels] == [
        {batch for batch in plan.batches if batch.level == number} for number in range(len(plan.levels))
    ]


@steady
@given(shapes(acyclic=True))
def test_apps_without_a_cycle_have_one_file_each_and_nothing_deferred(shape: Shape) -> None:
    plan = plan_of(shape)
    assert sorted(batch.app for batch in plan.batches) == sorted({op.app for op in shape.operations})
    assert not plan.deferred
    assert not plan.components


@steady
@given(shapes(), st.randoms(use_true_random=False))
def test_the_order_of_the_apps_in_the_input_says_nothing(shape: Shape, random: Random) -> None:
    queues = {app: [op for op in shape.operations if op.app == app] for app in {op.app for op in shape.operations}}
    turns = [op.app for op in shape.operations]
    random.shuffle(turns)
    mixed = [queues[app].pop(0) for app in turns]
    turned = dict(reversed(list(shape.externals.items())))
    assert schedule(mixed, turned, sorted(shape.targets)) == plan_of(shape)


def dense(apps: int) -> list[Operation]:
    names = [f"a{number}" for number in range(apps)]
    return of_models({f"{app}.M": [f"{other}.M" for other in names if other != app] for app in names})


def ring(apps: int, models: int) -> list[Operation]:
    return of_models(
        {f"a{app}.M{model}": [f"a{(app + 1) % apps}.M{model}"] for app in range(apps) for model in range(models)}
    )


@pytest.mark.parametrize(
    ("operations", "files", "late"),
    [
        pytest.param(of_models({f"a{n}.M": [f"a{n + 1}.M"] if n < 5 else [] for n in range(6)}), 6, 0, id="acyclic"),
        pytest.param(of_models({"a.M": ["b.M"], "b.M": ["a.M"]}), 3, 1, id="2-cycle"),
        pytest.param(dense(6), 11, 15, id="dense"),
        pytest.param(ring(6, 3), 7, 3, id="ring"),
    ],
)
def test_known_shapes_need_no_more_files_than_the_minimum(operations: list[Operation], files: int, late: int) -> None:
    plan = schedule(operations, {})
    assert (len(plan.batches), len(parted(plan, operations))) == (files, late)


def parted(plan: Plan, operations: list[Operation]) -> set[str]:
    """The relations that come in another file than their model."""
    home = homes(plan)
    return {op.id for op in operations if op.kind == "AddField" and home[op.id] != home[f"{op.app}.{op.model}"]}


def test_a_third_party_that_waits_for_an_app_splits_it() -> None:
    """users.Profile.log leads to admin, and admin waits for users: the profile comes in a second file, as a whole."""
    operations = [create("users", "User"), add("users", "Profile", "log", external=frozenset({"admin"}))]
    operations.insert(1, create("users", "Profile"))
    admin = external("admin", "0003_logentry", "users")
    plan = schedule(operations, {"admin": admin}, {"users.user"})
    assert [(batch.name, batch.operations) for batch in plan.batches] == [
        ("0001_reset_initial", ("users.User",)),
        ("0002_reset_links_to_admin", ("users.Profile", "users.Profile.log")),
    ]
    assert plan.batches[1].dependencies == (("admin", "0003_logentry"), ("users", "0001_reset_initial"))
    assert [(item.label, item.waits_for, item.returns_in, item.returns_at) for item in plan.deferred] == [
        ("users.Profile", ("admin",), "users/0002_reset_links_to_admin", 1)
    ]


def test_an_app_that_points_to_a_waiting_third_party_comes_after_what_that_waits_for() -> None:
    operations = [
        create("blog", "Post"),
        add("blog", "Post", "log", external=frozenset({"admin"})),
        create("users", "User"),
    ]
    plan = schedule(operations, {"admin": external("admin", "0003_logentry", "users")})
    assert [(batch.app, batch.level) for batch in plan.batches] == [("users", 0), ("blog", 1)]
    assert not plan.deferred


def test_a_swappable_target_is_never_left_for_a_second_file() -> None:
    """Alone the cheapest start is `users` without User, whose base is elsewhere: that is forbidden."""
    operations = [
        create("users", "Team"),
        create("users", "User", "people.Person"),
        create("people", "Person"),
        add("people", "Person", "team", "users.Team"),
    ]
    plan = schedule(operations, {}, {"users.user"})
    first = next(batch for batch in plan.batches if batch.app == "users")
    assert "users.User" in first.operations
    assert [item.operations for item in plan.deferred] == [("people.Person.team",)]


def test_a_setting_stands_for_the_dependency_on_its_target() -> None:
    user = create("users", "User")
    author = replace(add("blog", "Post", "author", "users.User"), swappable=frozenset({("AUTH_USER_MODEL", "users")}))
    plan = schedule([create("blog", "Post"), author, user], {}, {"users.user"})
    blog = next(batch for batch in plan.batches if batch.app == "blog")
    assert blog.dependencies == (("__setting__", "AUTH_USER_MODEL"),)
    assert [(batch.app, batch.level) for batch in plan.batches] == [("users", 0), ("blog", 1)]


def test_an_unknown_third_party_is_asked_for_its_first_migration() -> None:
    operations = [create("blog", "Post"), add("blog", "Post", "page", external=frozenset({"cms"}))]
    assert schedule(operations, {}).batches[0].dependencies == (("cms", "__first__"),)


def test_an_index_follows_its_field_into_the_later_file() -> None:
    operations = [
        *of_models({"a.M": ["b.M"], "b.M": ["a.M"]}),
        index("a", "M", "i", "a.M.to_b_M"),
        index("b", "M", "i", "b.M.to_a_M"),
    ]
    plan = schedule(operations, {})
    assert {item.operations[0]: item.waits_for for item in plan.deferred} == {"a.M.to_b_M": ("b",), "a.M.i": ("b",)}
    assert plan.batches[-1].units == (("a.M.to_b_M",), ("a.M.i",))


def test_a_circle_that_no_cut_opens_is_named() -> None:
    operations = [create("a", "Egg", "b.Hen"), create("b", "Hen", "a.Egg"), create("b", "Free")]
    with pytest.raises(PlanError, match=r"a\.Egg, b\.Hen"):
        schedule(operations, {})


def test_a_third_party_that_waits_for_the_very_model_that_needs_it_is_named() -> None:
    operations = [create("users", "User", external=frozenset({"admin"}))]
    with pytest.raises(PlanError, match=r"users\.User"):
        schedule(operations, {"admin": external("admin", "0001_initial", "users")})


def test_no_operations_make_no_plan() -> None:
    assert schedule([], {}) == Plan((), ())


def test_a_plan_imports_no_networkx() -> None:
    """That costs more than the plan of a project with a few apps."""
    code = (
        "import sys; from migwizard.plan.schedule import schedule; from tests.plan.shapes import of_models; "
        "found = schedule(of_models({'a.M': ['b.M'], 'b.M': ['a.M']}), {}); "
        "print(len(found.cycles), 'networkx' in sys.modules)"
    )
    folder = Path(__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    assert result.stdout.split() == ["1", "False"]
