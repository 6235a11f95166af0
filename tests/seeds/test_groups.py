"""Files of seeds: the order in which items meet is kept, without circles, in few files."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from migwizard.seeds.groups import Group, Item, group

TABLES = st.frozensets(st.sampled_from("rstuv"), max_size=2)


def item(app: str, writes: str, reads: str = "", *, atomic: bool = True) -> Item:
    return Item(app, frozenset(writes + reads), frozenset(writes), (), atomic)


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    """Items of three apps that read and write five tables; each has an id of its own."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        writes, reads = draw(TABLES), draw(TABLES)
        app, atomic = draw(st.sampled_from(["a", "b", "c"])), draw(st.integers(0, 4)) > 0
        found.append(Item(app, writes | reads, writes, (str(number),), atomic))
    return found


def meet(one: Item, other: Item) -> bool:
    return bool(one.writes & other.touches or one.touches & other.writes)


def placed(groups: tuple[Group, ...]) -> dict[str, tuple[int, int]]:
    """The file of each item, and its place there, by id."""
    return {each.ids[0]: (file, place) for file, group in enumerate(groups) for place, each in enumerate(group.items)}


@given(items())
def test_every_item_stands_in_one_file_of_its_app_and_kind(found: list[Item]) -> None:
    groups = group(found)
    assert sorted(int(each.ids[0]) for file in groups for each in file.items) == list(range(len(found)))
    for file in groups:
        assert {(each.app, each.atomic) for each in file.items} == {(file.app, file.atomic)}


@given(items())
def test_items_that_meet_in_a_table_keep_their_order(found: list[Item]) -> None:
    places = placed(group(found))
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            if meet(one, other):
                assert places[one.ids[0]] < places[other.ids[0]]


@given(items())
def test_the_order_is_laid_down_in_what_each_file_comes_after(found: list[Item]) -> None:
    """Files are applied by their dependencies, not by their place: these alone must give the order."""
    groups = group(found)
    home = {each.ids[0]: file for file in groups for each in file.items}
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            first, second = home[one.ids[0]], home[other.ids[0]]
            if meet(one, other) and first is not second:
                assert second.reaches(first)
    for app in "abc":
        for before, after in pairwise(file for file in groups if file.app == app):
            assert after.reaches(before), "the numbers in the names of one app follow its order"


@given(items())
def test_no_file_comes_after_itself(found: list[Item]) -> None:
    groups = group(found)
    assert not any(file.reaches(file) for file in groups)
    for number, file in enumerate(groups):
        assert all(any(other is earlier for earlier in groups[:number]) for other in file.after)


@given(items())
def test_items_that_meet_nobody_need_one_file_an_app(found: list[Item]) -> None:
    alone = [Item(each.app, frozenset({each.ids[0]}), frozenset({each.ids[0]}), each.ids) for each in found]
    assert len(group(alone)) == len({each.app for each in alone})


@given(items())
def test_one_app_needs_a_file_for_each_change_of_transaction_at_most(found: list[Item]) -> None:
    own = [each for each in found if each.app == "a"]
    changes = sum(one.atomic != other.atomic for one, other in pairwise(own))
    assert len(group(own)) == (changes + 1 if own else 0)


def test_two_apps_that_take_turns_need_as_many_files_as_turns() -> None:
    groups = group([item("a", "t"), item("b", "t"), item("a", "t")])
    assert [file.app for file in groups] == ["a", "b", "a"]


def test_an_item_joins_an_earlier_file_where_nobody_stands_between() -> None:
    groups = group([item("a", "t"), item("b", "u"), item("a", "t")])
    assert [(file.app, len(file.items)) for file in groups] == [("a", 2), ("b", 1)]


def test_readers_of_one_table_do_not_bind_each_other() -> None:
    groups = group([item("a", "r", "t"), item("b", "s", "t"), item("a", "u", "t")])
    assert len(groups) == 2


def test_long_turns_are_grouped_at_once() -> None:
    """The paths between 60 files that all meet are more than anybody can walk."""
    groups = group([item("ab"[number % 2], "t") for number in range(60)])
    assert len(groups) == 60
