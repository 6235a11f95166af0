"""What differs by itself is found from two runs of the old history, never from names."""

from __future__ import annotations

from migwizard.proof.rows import Volatile, volatile_cells
from tests.proof.builder import Built, build, errors, row_differences

USERS = "CREATE TABLE users (id integer PRIMARY KEY, name text, password text, updated_at text, token_id text REFERENCES tokens (id));"
TOKENS = "CREATE TABLE tokens (id text PRIMARY KEY, kind text);"


def run(
    password: str = "'pw1'",
    other: str = "'fixed'",
    updated: str = "'2020'",
    tokens: tuple[str, str] = ("t1", "t2"),
    swap: bool = False,
) -> Built:
    first, second = (tokens[1], tokens[0]) if swap else tokens
    return build(
        TOKENS + USERS,
        f"""INSERT INTO tokens VALUES ('{tokens[0]}', 'admin'), ('{tokens[1]}', 'guest');
        INSERT INTO users VALUES (1, 'ann', {password}, {updated}, '{first}'), (2, 'bob', {other}, {updated}, '{second}')""",
    )


def volatile(first: Built, second: Built) -> Volatile:
    return volatile_cells(first.rows, second.rows, first.catalogue)


def test_two_equal_runs_leave_nothing_volatile() -> None:
    assert volatile(run(), run()) == Volatile()


def test_a_cell_that_differs_is_volatile_and_its_neighbours_are_not() -> None:
    found = volatile(run(), run(password="'pw2'"))
    assert found.cells == {("users", (1,), "password")}
    assert found.names == ("users.password",)
    assert row_differences(run(), run(password="'pw3'"), run(password="'pw2'")) == ()
    new = run(password="'pw3'", other="'changed'")
    assert [one.name for one in row_differences(run(), new, run(password="'pw2'"))] == ["id=2: password"]


def test_where_no_value_is_steady_the_column_is_volatile_and_rows_may_still_be_numbered_anew() -> None:
    table = "CREATE TABLE t (id integer PRIMARY KEY, name text, made text);"
    first = build(table, "INSERT INTO t VALUES (1, 'a', '20'), (2, 'b', '20'), (3, 'c', NULL)")
    second = build(table, "INSERT INTO t VALUES (1, 'a', '21'), (2, 'b', '21'), (3, 'c', NULL)")
    assert volatile(first, second) == Volatile(columns=frozenset({("t", "made")}))
    anew = "INSERT INTO t VALUES (4, 'a', '22'), (5, '{}', '22'), (6, 'c', {})"
    assert [one.severity for one in row_differences(first, build(table, anew.format("b", "NULL")), second)] == ["info"]
    assert errors(row_differences(first, build(table, anew.format("x", "NULL")), second)) != []
    assert errors(row_differences(first, build(table, anew.format("b", "'22'")), second)) != []


def test_a_name_that_sounds_volatile_proves_nothing() -> None:
    found = errors(row_differences(run(), run(updated="'2021'"), run()))
    assert [one.name for one in found] == ["id=1: updated_at", "id=2: updated_at"]


def test_null_still_counts_in_a_volatile_cell() -> None:
    found = row_differences(run(), run(password="NULL"), run(password="'pw2'"))
    assert [(one.name, one.new) for one in found] == [("id=1: password", "NULL")]


def test_random_keys_are_volatile_and_their_rows_are_still_compared() -> None:
    second = run(tokens=("u9", "u3"))
    assert volatile(run(), second).columns == {("tokens", "id")}
    assert volatile(run(), second).cells == frozenset()
    assert row_differences(run(), run(tokens=("v5", "v1")), second) == ()
    crossed = errors(row_differences(run(), run(tokens=("v5", "v1"), swap=True), second))
    assert {(one.table, one.name) for one in crossed} == {("users", "id=1: token_id"), ("users", "id=2: token_id")}


def test_a_lost_row_with_a_random_key_is_found() -> None:
    table = "CREATE TABLE t (id text PRIMARY KEY, kind text, made text);"
    first = build(table, "INSERT INTO t VALUES ('a', 'admin', '1'), ('b', 'guest', '1')")
    second = build(table, "INSERT INTO t VALUES ('d', 'admin', '2'), ('c', 'guest', '2')")
    assert volatile(first, second).columns == {("t", "id"), ("t", "made")}
    same = build(table, "INSERT INTO t VALUES ('x', 'guest', '3'), ('y', 'admin', '3')")
    lost = build(table, "INSERT INTO t VALUES ('x', 'guest', '3'), ('y', 'guest', '3')")
    assert row_differences(first, same, second) == ()
    assert [(one.old is None, one.new is None) for one in row_differences(first, lost, second)] == [
        (False, True),
        (True, False),
    ]


def test_a_random_order_of_insertion_makes_only_the_keys_volatile() -> None:
    table = "CREATE TABLE t (id integer PRIMARY KEY, name text);"
    first, second = (
        build(table, f"INSERT INTO t VALUES {rows}") for rows in ("(1, 'a'), (2, 'b')", "(1, 'b'), (2, 'a')")
    )
    assert volatile(first, second) == Volatile(columns=frozenset({("t", "id")}))
    changed = build(table, "INSERT INTO t VALUES (1, 'c'), (2, 'a')")
    assert len(errors(row_differences(first, changed, second))) == 2


CALENDAR = "CREATE TABLE t (id integer PRIMARY KEY, day text, made text);"


def calendar(days: int, made: str = "1", first: int = 1) -> Built:
    """A table that has a row for each day until today."""
    rows = ", ".join(f"({first + day}, 'day {day}', '{made}')" for day in range(days))
    return build(CALENDAR, f"INSERT INTO t VALUES {rows}" if rows else "")


def test_another_number_of_rows_in_each_run_is_told_and_what_both_have_is_asked_for() -> None:
    first, second = calendar(5), calendar(9, "2")
    assert volatile(first, second).tables == {"t"}
    (found,) = row_differences(first, calendar(6, "3"), second)
    assert (found.severity, found.table) == ("info", "t")
    assert errors(row_differences(first, calendar(6, "3", first=20), second)) == [], "only numbered anew"
    lost = errors(row_differences(first, calendar(3, "3"), second))
    assert [(one.name, one.old) for one in lost] == [("id=4", "day='day 3', id=4"), ("id=5", "day='day 4', id=5")]
    assert len(errors(row_differences(first, calendar(0), second))) == 5


def test_a_table_of_chance_that_is_nearly_empty_in_the_new_history_is_an_error() -> None:
    first, second, new = (
        build(CALENDAR, "INSERT INTO t VALUES " + ", ".join(f"({number}, '{number}', NULL)" for number in numbers))
        for numbers in (range(100, 110), range(200, 220), range(300, 304))
    )
    named = "CREATE TABLE u (id text PRIMARY KEY, day text); INSERT INTO u VALUES ('{0}', '{0}'), ('{1}', 'same')"
    (found,) = errors(row_differences(first, new, second))[:1]
    assert found.table == "t"
    few, many = build(named.format("a", "b")), build(named.format("c", "d"), "INSERT INTO u VALUES ('e', 'e')")
    assert errors(row_differences(few, build(named.format("f", "g")), many)) == []
    assert [one.table for one in errors(row_differences(few, build(named.partition(";")[0]), many))] == ["u"]


def test_an_empty_first_run_asks_for_nothing() -> None:
    table = "CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE u (id integer PRIMARY KEY);"
    first, second = build(table), build(table, "INSERT INTO t VALUES (1)")
    (found,) = row_differences(first, build(table, "INSERT INTO t VALUES (7)"), second)
    assert (found.severity, found.table) == ("info", "t")
