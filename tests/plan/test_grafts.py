"""Which new files a kept migration comes after."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migwizard.plan.cut import ancestors
from migwizard.plan.grafts import firsts, graft, heads, needed
from migwizard.plan.operations import Node

NEW: dict[Node, tuple[Node, ...]] = {
    ("auth", "1"): (),
    ("people", "n1"): (("auth", "1"),),
    ("shop", "n1"): (("people", "n1"),),
    ("people", "n2"): (("people", "n1"), ("shop", "n1")),
    ("shop", "n2"): (("shop", "n1"),),
}
NEWEST = heads(NEW)


def test_the_newest_and_the_first_file_of_each_app() -> None:
    assert NEWEST == {"auth": ("auth", "1"), "people": ("people", "n2"), "shop": ("shop", "n2")}
    assert firsts(NEW) == {"auth": ("auth", "1"), "people": ("people", "n1"), "shop": ("shop", "n1")}


def test_an_old_migration_gives_way_to_the_newest_file_of_its_app() -> None:
    found = graft([("shop", "3")], [("people", "n1")], [], NEWEST, NEW)
    assert (found.moved, found.more) == ({("shop", "3"): (("shop", "n2"),)}, ())


def test_what_it_would_not_come_after_any_more_is_added() -> None:
    found = graft([("shop", "3")], [("people", "n2"), ("auth", "1")], [], NEWEST, NEW)
    assert found.more == (("people", "n2"),), "auth comes before anyway"


def test_an_app_without_a_new_file_is_named_no_more() -> None:
    assert graft([("gone", "3")], [], [], NEWEST, NEW).moved == {("gone", "3"): ()}


def test_what_came_before_by_way_of_other_apps_counts() -> None:
    old: dict[Node, tuple[Node, ...]] = {
        ("auth", "1"): (),
        ("people", "1"): (("auth", "1"),),
        ("gone", "1"): (),
        ("shop", "3"): (("people", "1"), ("gone", "1")),
        ("shop", "4"): (("shop", "3"),),
    }
    found = needed(("shop", "4"), old, {"people", "shop", "gone"}, NEWEST, NEW)
    assert found == {("shop", "n2"), ("people", "n2"), ("auth", "1")}


@given(st.data())
def test_afterwards_all_that_is_needed_comes_before(data: st.DataObject) -> None:
    new: dict[Node, tuple[Node, ...]] = {}
    for number in range(data.draw(st.integers(1, 9))):
        before = data.draw(st.lists(st.sampled_from(list(new)), unique=True)) if new else []
        new[data.draw(st.sampled_from("abc")), str(number)] = tuple(before)
    wanted = data.draw(st.lists(st.sampled_from(list(new)), unique=True))
    named = [(app, "old") for app in data.draw(st.lists(st.sampled_from("abc"), unique=True))]
    found = graft(named, wanted, [], heads(new), new)
    direct = [*found.more, *(node for nodes in found.moved.values() for node in nodes)]
    assert set(wanted) <= ancestors(new, direct)
    for node in found.more:
        others = [each for each in direct if each != node]
        assert node not in ancestors(new, others), "nothing is named that comes before anyway"
