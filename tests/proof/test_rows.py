"""Differences in rows, planted one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.engine.proving.differing import question_id
from migwizard.proof.rows import SPELLED_OUT, count_rows
from tests.proof.builder import Built, build, errors, row_differences

SCHEMA = """
CREATE TABLE land (id integer PRIMARY KEY AUTOINCREMENT, code text, size real, flag blob, updated_at text);
CREATE TABLE town (id integer PRIMARY KEY, name text, land_id integer REFERENCES land (id));
"""
SEEDS = """
INSERT INTO land VALUES (1, 'DE', 1.5, x'00ff', '2020'), (2, 'FR', 2.5, NULL, '2020'), (3, 'IT', 3.5, NULL, '2020');
INSERT INTO town VALUES (1, 'Berlin', 1), (2, 'Paris', 2), (3, 'Rom', 3), (4, 'Bonn', 1);
"""
AUTH = """
CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label text, model text, UNIQUE (app_label, model));
CREATE TABLE auth_permission (id integer PRIMARY KEY, name text, codename text,
    content_type_id integer REFERENCES django_content_type (id));
CREATE TABLE auth_group (id integer PRIMARY KEY, name text);
CREATE TABLE auth_group_permissions (id integer PRIMARY KEY, group_id integer REFERENCES auth_group (id),
    permission_id integer REFERENCES auth_permission (id));
CREATE TABLE object_type (ptr_id integer PRIMARY KEY REFERENCES django_content_type (id), colour text);
CREATE TABLE note (id integer PRIMARY KEY, content_type_id integer REFERENCES object_type (ptr_id), object_id integer);
"""


def auth(land: int, town: int, add_land: int, add_town: int, members: str) -> str:
    """Content types and permissions under the given numbers, and a group that may add lands."""
    return f"""
    INSERT INTO django_content_type VALUES ({land}, 'shop', 'land'), ({town}, 'shop', 'town');
    INSERT INTO auth_permission VALUES ({add_land}, 'Can add land', 'add_land', {land}),
        ({add_town}, 'Can add town', 'add_town', {town});
    INSERT INTO auth_group VALUES (1, 'clerks');
    INSERT INTO auth_group_permissions VALUES {members};
    INSERT INTO object_type VALUES ({land}, 'red'), ({town}, 'blue');
    INSERT INTO note VALUES (1, {land}, 7);
    """


@pytest.mark.parametrize(
    ("statement", "name", "words"),
    [
        ("DELETE FROM town WHERE id = 4", "id=4", "lacks a row of town, id=4: id=4, land_id=1, name='Bonn'"),
        ("INSERT INTO town VALUES (5, 'Köln', 1)", "id=5", "has a row of town that the old one does not have"),
        ("UPDATE land SET code = 'AT' WHERE id = 1", "id=1: code", "is 'DE' in the old history and 'AT' in the new"),
        ("UPDATE land SET updated_at = '2021' WHERE id = 2", "id=2: updated_at", "'2020' in the old"),
        ("UPDATE land SET size = NULL WHERE id = 2", "id=2: size", "is 2.5 in the old history and NULL"),
        ("UPDATE land SET flag = x'00fe' WHERE id = 1", "id=1: flag", "X'00ff' in the old history and X'00fe'"),
        ("UPDATE land SET code = x'4445' WHERE id = 1", "id=1: code", "'DE' in the old history and X'4445'"),
        ("UPDATE town SET land_id = 2 WHERE id = 1", "id=1: land_id", "is 1 in the old history and 2"),
        ("UPDATE land SET size = 9e999 WHERE id = 1", "id=1: size", "inf in the new one"),
    ],
)
def test_one_change_is_one_error(statement: str, name: str, words: str) -> None:
    (found,) = errors(row_differences(build(SCHEMA, SEEDS), build(SCHEMA, SEEDS, statement)))
    assert (found.kind, found.name) == ("row", name)
    assert words in found.sentence


def test_a_lost_row_that_others_refer_to_is_one_error() -> None:
    new = build(SCHEMA, SEEDS, "DELETE FROM land WHERE id = 3")
    assert [(found.table, found.name) for found in errors(row_differences(build(SCHEMA, SEEDS), new))] == [
        ("land", "id=3")
    ]


def test_numbers_of_content_types_and_permissions_do_not_count() -> None:
    old = build(AUTH, auth(1, 2, 1, 2, "(1, 1, 1)"))
    assert row_differences(old, build(AUTH, auth(2, 1, 7, 5, "(1, 1, 7)"))) == ()


@pytest.mark.parametrize(
    ("statement", "table", "words"),
    [
        ("UPDATE auth_group_permissions SET permission_id = 5", "auth_group_permissions", "shop.town.add_town"),
        ("UPDATE note SET content_type_id = 1", "note", "shop.land in the old history and shop.town in the new"),
        ("UPDATE note SET object_id = 8", "note", "object_id is 7 in the old history and 8"),
        ("UPDATE auth_permission SET name = 'x' WHERE id = 5", "auth_permission", "content_type_id=shop.town"),
        ("UPDATE object_type SET colour = 'x' WHERE ptr_id = 2", "object_type", "ptr_id=shop.land"),
        ("DELETE FROM django_content_type WHERE id = 2; DELETE FROM object_type; DELETE FROM note; DELETE FROM auth_permission; DELETE FROM auth_group_permissions", "django_content_type", "model='land'"),
    ],
)  # fmt: skip
def test_what_hangs_on_permuted_content_types_is_still_compared(statement: str, table: str, words: str) -> None:
    old = build(AUTH, auth(1, 2, 1, 2, "(1, 1, 1)"))
    new = build(AUTH, auth(2, 1, 7, 5, "(1, 1, 7)"), statement)
    found = errors(row_differences(old, new))
    assert table in {difference.table for difference in found}
    assert any(words in difference.sentence for difference in found)


def test_rows_numbered_anew_are_the_same_rows() -> None:
    new = build(
        SCHEMA,
        """INSERT INTO land VALUES (12, 'DE', 1.5, x'00ff', '2020'), (11, 'FR', 2.5, NULL, '2020'),
            (13, 'IT', 3.5, NULL, '2020');
        INSERT INTO town VALUES (4, 'Berlin', 12), (3, 'Paris', 11), (2, 'Rom', 13), (1, 'Bonn', 12);""",
    )
    found = row_differences(build(SCHEMA, SEEDS), new)
    assert [(one.severity, one.kind, one.table) for one in found] == [
        ("info", "row", "land"),
        ("info", "row", "town"),
        ("info", "counter", "land"),
    ]


def test_references_follow_rows_that_changed_places() -> None:
    swap = (
        "UPDATE land SET id = 9 WHERE id = 1; UPDATE land SET id = 1 WHERE id = 2; UPDATE land SET id = 2 WHERE id = 9;"
    )
    old = build(SCHEMA, SEEDS)
    stale = errors(row_differences(old, build(SCHEMA, SEEDS, swap)))
    assert [(one.table, one.name) for one in stale] == [
        ("town", "id=1: land_id"),
        ("town", "id=2: land_id"),
        ("town", "id=4: land_id"),
    ]
    assert "refers to another row" in stale[0].sentence
    moved = build(SCHEMA, SEEDS, swap, "UPDATE town SET land_id = 3 - land_id WHERE land_id < 3")
    assert [(one.severity, one.table) for one in row_differences(old, moved)] == [("info", "land")]


def test_equal_values_with_other_referrers_are_other_rows() -> None:
    lands = "INSERT INTO land (id, code) VALUES {};"
    towns = "INSERT INTO town VALUES (1, 'a', {}), (2, 'b', {});"
    old = build(SCHEMA, lands.format("(1, 'x'), (2, 'x')"), towns.format(1, 1))
    new = build(SCHEMA, lands.format("(3, 'x'), (4, 'x')"), towns.format(3, 4))
    assert errors(row_differences(old, new)) != []


def test_a_tree_numbered_anew_is_the_same_tree() -> None:
    schema = "CREATE TABLE node (id integer PRIMARY KEY, parent_id integer REFERENCES node (id), name text);"
    old = build(schema, "INSERT INTO node VALUES (1, NULL, 'r'), (2, 1, 'x'), (3, 1, 'x'), (4, 2, 'leaf')")
    same = build(schema, "INSERT INTO node VALUES (5, NULL, 'r'), (8, 5, 'x'), (6, 5, 'x'), (7, 6, 'leaf')")
    assert [one.severity for one in row_differences(old, same)] == ["info"]
    other = build(schema, "INSERT INTO node VALUES (5, NULL, 'r'), (8, 5, 'x'), (6, 5, 'x'), (7, 5, 'leaf')")
    assert errors(row_differences(old, other)) != []


def test_a_child_table_follows_its_parent() -> None:
    schema = """CREATE TABLE place (id integer PRIMARY KEY, name text);
        CREATE TABLE bar (place_ptr_id integer PRIMARY KEY REFERENCES place (id), beer text);"""
    old = build(schema, "INSERT INTO place VALUES (1, 'a'), (2, 'b'); INSERT INTO bar VALUES (1, 'pils'), (2, 'alt')")
    same = build(schema, "INSERT INTO place VALUES (2, 'a'), (1, 'b'); INSERT INTO bar VALUES (2, 'pils'), (1, 'alt')")
    swapped = build(
        schema, "INSERT INTO place VALUES (2, 'a'), (1, 'b'); INSERT INTO bar VALUES (1, 'pils'), (2, 'alt')"
    )
    assert [one.severity for one in row_differences(old, same)] == ["info", "info"]
    assert {one.table for one in errors(row_differences(old, swapped))} == {"bar"}


def test_a_table_without_key_is_a_multiset() -> None:
    schema = "CREATE TABLE log (line text);"
    old = build(schema, "INSERT INTO log VALUES ('a'), ('b'), ('b')")
    assert row_differences(old, build(schema, "INSERT INTO log VALUES ('b'), ('a'), ('b')")) == ()
    found = errors(row_differences(old, build(schema, "INSERT INTO log VALUES ('b'), ('a'), ('a')")))
    assert [(one.old, one.new) for one in found] == [("line='b'", None), (None, "line='a'")]


def test_only_some_differences_are_spelled_out() -> None:
    rows = ", ".join(f"({number}, 'x')" for number in range(SPELLED_OUT + 7))
    schema = "CREATE TABLE t (id integer PRIMARY KEY, v text);"
    found = row_differences(build(schema, f"INSERT INTO t VALUES {rows}"), build(schema))
    assert len(found) == SPELLED_OUT + 1
    assert found[-1].sentence == "Not spelled out: 7 more differences in the rows of t."


@pytest.mark.parametrize(("old_tail", "new_tail"), [("a", "b"), ("", "b"), ("a" * 200, "b")])
def test_long_values_are_shortened_and_still_differ(old_tail: str, new_tail: str) -> None:
    schema = "CREATE TABLE t (id integer PRIMARY KEY, v text);"
    row = "INSERT INTO t VALUES (1, '{}')"
    long = "x" * 500
    old, new = (build(schema, row.format(long + tail)) for tail in (old_tail, new_tail))
    (found,) = row_differences(old, new)
    assert found.old is not None
    assert found.new is not None
    assert found.old != found.new
    assert max(len(found.old), len(found.new)) <= 80


def test_who_accepts_a_long_row_accepts_no_other_that_begins_alike() -> None:
    schema = "CREATE TABLE t (id integer PRIMARY KEY, v text);"
    row = "INSERT INTO t VALUES (1, '{}')"
    one, other = (row_differences(build(schema), build(schema, row.format("x" * 500 + tail)))[0] for tail in "ab")
    assert (one.old, one.new) == (other.old, other.new)
    assert question_id(one) != question_id(other)


def test_the_counter_may_differ_but_not_hand_out_a_taken_key() -> None:
    old = build(SCHEMA, SEEDS)
    higher = build(SCHEMA, SEEDS, "UPDATE sqlite_sequence SET seq = 10")
    lower = build(SCHEMA, SEEDS, "UPDATE sqlite_sequence SET seq = 2")
    assert [(one.severity, one.kind) for one in row_differences(old, higher)] == [("info", "counter")]
    (found,) = row_differences(old, lower)
    assert (found.severity, found.old, found.new) == ("error", "3", "2")
    assert "although keys up to 3 are taken" in found.sentence


def test_a_counter_of_nothing_is_no_counter() -> None:
    assert row_differences(build(SCHEMA, "INSERT INTO sqlite_sequence VALUES ('land', 0)"), build(SCHEMA)) == ()


def test_a_virtual_table_that_cannot_be_read_is_told() -> None:
    readable = build("CREATE VIRTUAL TABLE f USING fts5(body)")
    tables = {"f": {"columns": ["rowid"], "pk": ["rowid"], "rows": [], "unreadable": "no such module: fts5"}}
    broken = Built(readable.catalogue, {"tables": tables, "sequences": {}})
    assert [one.severity for one in row_differences(readable, broken)] == ["error"]
    (found,) = row_differences(broken, broken)
    assert found.severity == "info"
    assert "no such module: fts5" in found.sentence


def test_a_table_that_one_side_lacks_is_left_to_the_catalogue() -> None:
    old = build(SCHEMA, SEEDS, "CREATE TABLE more (id integer PRIMARY KEY); INSERT INTO more VALUES (1)")
    assert row_differences(old, build(SCHEMA, SEEDS)) == ()


def test_rows_are_counted() -> None:
    assert count_rows(build(SCHEMA, SEEDS).rows) == 7


VALUES = st.one_of(st.none(), st.integers(-3, 3), st.sampled_from(["a", "b", "A"]))
NODES = st.lists(st.tuples(VALUES, st.none() | st.integers(0, 5)), min_size=1, max_size=6)


def graph(nodes: Sequence[tuple[object, int | None]], number: Callable[[int], int]) -> str:
    """Rows with values that refer to each other, numbered by `number`, inserted in the order of their numbers."""

    def literal(value: object) -> str:
        return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)

    rows = [
        f"({number(place)}, {literal(value)}, {literal(None if to is None else number(to % len(nodes)))})"
        for place, (value, to) in enumerate(nodes)
    ]
    return f"CREATE TABLE n (id integer PRIMARY KEY, v, n_id integer REFERENCES n (id)); INSERT INTO n VALUES {', '.join(rows)}"


@given(NODES)
def test_a_database_equals_itself(nodes: list[tuple[object, int | None]]) -> None:
    same = build(graph(nodes, lambda place: place))
    assert row_differences(same, same) == ()


@given(NODES, st.permutations(range(6)))
def test_numbering_anew_is_never_an_error(nodes: list[tuple[object, int | None]], places: list[int]) -> None:
    old, new = build(graph(nodes, lambda place: place)), build(graph(nodes, lambda place: places[place]))
    assert errors(row_differences(old, new)) == []


@given(NODES, st.permutations(range(6)), st.integers(0, 5))
def test_a_changed_value_is_found_under_any_numbering(
    nodes: list[tuple[object, int | None]], places: list[int], victim: int
) -> None:
    changed = list(nodes)
    changed[victim % len(nodes)] = ("another", nodes[victim % len(nodes)][1])
    old, new = build(graph(nodes, lambda place: place)), build(graph(changed, lambda place: places[place]))
    assert errors(row_differences(old, new)) != []


FOREST = st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.integers(0, 4)), max_size=4).map(
    lambda nodes: tuple(
        (value, to if to is not None and to < place else None) for place, (value, to) in enumerate(nodes)
    )
)
LEAVES = st.lists(st.integers(0, 3), max_size=3)
Forest = tuple[tuple[str, int | None], ...]


def forest(nodes: Forest, leaves: list[int]) -> Built:
    """A forest in one table, and a table of rows that refer to its nodes."""

    def literal(number: int | None) -> str:
        return "NULL" if number is None or not nodes else str(number % len(nodes))

    return build(
        "CREATE TABLE n (id integer PRIMARY KEY, v text, n_id integer REFERENCES n (id));",
        "CREATE TABLE m (id integer PRIMARY KEY, n_id integer REFERENCES n (id));",
        *(f"INSERT INTO n VALUES ({place}, '{value}', {literal(to)})" for place, (value, to) in enumerate(nodes)),
        *(f"INSERT INTO m VALUES ({place}, {literal(leaf)})" for place, leaf in enumerate(leaves)),
    )


def some_numbering_fits(old: Built, new: Built) -> bool:
    """Tries every numbering of the old nodes: the definition of equality but for the keys."""
    old_nodes, new_nodes = (built.rows["tables"]["n"]["rows"] for built in (old, new))
    old_leaves, new_leaves = (sorted(str(row[1]) for row in built.rows["tables"]["m"]["rows"]) for built in (old, new))
    if len(old_nodes) != len(new_nodes):
        return False
    for numbers in permutations(range(len(new_nodes))):
        names = {str(row[0]): str(number) for row, number in zip(old_nodes, numbers, strict=True)} | {"None": "None"}
        nodes = sorted((names[str(row[0])], row[1], names[str(row[2])]) for row in old_nodes)
        leaves = sorted(names[leaf] for leaf in old_leaves)
        if nodes == sorted((str(row[0]), row[1], str(row[2])) for row in new_nodes) and leaves == new_leaves:
            return True
    return False


@given(FOREST, LEAVES, st.none() | FOREST, st.none() | LEAVES, st.randoms(use_true_random=False))
def test_no_error_means_that_some_numbering_fits(
    nodes: Forest, leaves: list[int], other_nodes: Forest | None, other_leaves: list[int] | None, random: Random
) -> None:
    old = forest(nodes, leaves)
    if other_nodes is None:
        numbers = random.sample(range(len(nodes)), len(nodes))
        moved = {
            number: (value, None if to is None else numbers[to])
            for number, (value, to) in zip(numbers, nodes, strict=True)
        }
        other_nodes = tuple(moved[number] for number in range(len(nodes)))
        if other_leaves is None:
            other_leaves = [numbers[leaf % len(nodes)] for leaf in leaves] if nodes else leaves
    new = forest(other_nodes, leaves if other_leaves is None else other_leaves)
    assert errors(row_differences(old, new)) or some_numbering_fits(old, new)


@given(st.permutations(range(4)), LEAVES)
def test_rows_that_can_be_told_apart_may_have_any_numbers(numbers: list[int], leaves: list[int]) -> None:
    parents = {1: 0, 2: 0, 3: 2}
    moved = {numbers[place]: ("abcd"[place], numbers[parents[place]] if place else None) for place in range(4)}
    old = forest((("a", None), ("b", 0), ("c", 0), ("d", 2)), leaves)
    new = forest(tuple(moved[number] for number in range(4)), [numbers[leaf] for leaf in leaves])
    assert errors(row_differences(old, new)) == []


@given(NODES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_count(nodes: list[tuple[object, int | None]], random: Random) -> None:
    old = build(graph(nodes, lambda place: place))
    table = old.rows["tables"]["n"]
    shuffled = {"tables": {"n": {**table, "rows": random.sample(table["rows"], len(nodes))}}, "sequences": {}}
    assert row_differences(old, Built(old.catalogue, shuffled)) == ()
