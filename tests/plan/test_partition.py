"""A partition gives every old name to one new file, and every new file a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.plan.operations import Node
from migwizard.plan.partition import TooFewNamesError, historical, partition

OLD = tuple(("shop", f"000{number}_old") for number in range(1, 6))
NEW = tuple(("shop", f"000{number}_new") for number in range(1, 4))


def test_the_newest_names_stand_alone_in_the_last_files() -> None:
    assert partition(OLD, NEW, {}) == {NEW[0]: OLD[:3], NEW[1]: OLD[3:4], NEW[2]: OLD[4:]}


def test_what_a_file_stands_in_for_already_stays_there() -> None:
    found = partition(OLD, NEW, {NEW[1]: (OLD[0],)})
    assert found == {NEW[0]: OLD[1:4], NEW[1]: OLD[:1], NEW[2]: OLD[4:]}


def test_too_few_names_are_counted_app_by_app() -> None:
    with pytest.raises(TooFewNamesError) as refused:
        partition((*OLD[:2], ("user", "0001")), (*NEW, ("user", "0001_new")), {})
    assert refused.value.apps == {"shop": (2, 3)}


def test_a_squash_brings_what_it_replaces_and_nothing_deeper() -> None:
    squash, later = ("shop", "0001_squashed"), ("shop", "0006_squashed")
    replaces = {squash: OLD[:2], later: (squash, OLD[2])}
    assert historical([later, OLD[3]], replaces) == (squash, OLD[2], later, OLD[3])


@given(st.data())
def test_every_name_has_one_home_and_every_file_a_name(data: st.DataObject) -> None:
    apps = data.draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True))
    counts = {app: data.draw(st.integers(1, 6)) for app in apps}
    names = [(app, f"{number:04}_old") for app in apps for number in range(counts[app])]
    names = data.draw(st.permutations(names))
    files = [(app, f"{number:04}_new") for app in apps for number in range(data.draw(st.integers(1, counts[app])))]
    pinned: dict[Node, list[Node]] = {}
    for name in data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
        pinned.setdefault(data.draw(st.sampled_from([file for file in files if file[0] == name[0]])), []).append(name)
    try:
        found = partition(names, files, pinned)
    except TooFewNamesError as error:
        assert error.apps and all(
            sum(name[0] == app for name in names) - sum(map(len, (v for k, v in pinned.items() if k[0] == app)))
            < sum(file[0] == app and file not in pinned for file in files)
            for app in error.apps
        )
    else:
        assert sorted(name for parts in found.values() for name in parts) == sorted(names)
        assert list(found) == sorted(files, key=lambda file: (apps.index(file[0]), file))
        for file, parts in found.items():
            assert parts
            assert {app for app, _ in parts} == {file[0]}
            assert set(pinned.get(file, ())) <= set(parts)
            assert sorted(parts, key=names.index) == list(parts)
