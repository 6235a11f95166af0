"""Models that come in a later file as a whole, instead of relations that are added there."""

from __future__ import annotations

from hypothesis import given

from migwizard.plan.schedule import schedule
from tests.plan.shapes import Shape, add, create, of_models, shapes
from tests.plan.test_schedule import parted, steady


def test_a_model_that_nobody_needs_comes_where_its_relations_are() -> None:
    operations = of_models({"a.Base": [], "a.Leaf": ["b.M"], "b.M": ["a.Base"]})
    plan = schedule(operations, {})
    assert [batch.units for batch in plan.batches] == [
        (("a.Base",),),
        (("b.M", "b.M.to_a_Base"),),
        (("a.Leaf", "a.Leaf.to_b_M"),),
    ]
    assert [(item.label, item.waits_for) for item in plan.deferred] == [("a.Leaf", ("b",))]


def test_models_that_point_to_it_come_along() -> None:
    operations = of_models({"a.Base": [], "a.Leaf": ["b.M"], "a.Note": ["a.Leaf"], "b.M": ["a.Base"]})
    assert not parted(schedule(operations, {}), operations)


def test_a_model_that_another_app_needs_stays() -> None:
    operations = of_models({"a.Base": ["b.M"], "b.M": ["a.Base"]})
    assert parted(schedule(operations, {}), operations) == {"a.Base.to_b_M"}


def test_a_swappable_model_stays_in_the_first_file() -> None:
    operations = [
        create("users", "Team"),
        create("users", "User"),
        add("users", "User", "home", "places.Place"),
        create("places", "Place"),
        add("places", "Place", "team", "users.Team"),
    ]
    plan = schedule(operations, {}, {"users.user"})
    first = next(batch for batch in plan.batches if batch.app == "users")
    assert "users.User" in first.operations


@steady
@given(shapes())
def test_no_file_is_empty_but_the_foothold_of_an_app_without_operations(shape: Shape) -> None:
    plan = schedule(shape.operations, shape.externals, shape.targets)
    apps = {op.app for op in shape.operations}
    assert all(bool(batch.operations) == (batch.app in apps) for batch in plan.batches)
