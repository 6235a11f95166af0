"""SQL in one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.proof.sql_text import compact, definitions, normalise, tokenise

PIECES = st.sampled_from(
    [
        "'",
        '"',
        "`",
        "[",
        "]",
        "--",
        "/*",
        "*/",
        "\n",
        " ",
        "(",
        ")",
        ",",
        "x'",
        "CREATE",
        "table",
        "Select",
        "a",
        "É",
        "1",
        ".5",
        "e3",
        "0x1F",
        "->>",
        "<",
        "=",
        "''",
        '""',
        "not",
        "\t",
        "\x00",
        "collate",
        "constraint",
        "''''",
    ]
)
SQL = st.one_of(st.text(), st.lists(PIECES).map("".join))


@given(SQL)
def test_normalising_twice_changes_nothing(sql: str) -> None:
    once = normalise(sql)
    assert normalise(once) == once


@given(SQL, st.frozensets(st.sampled_from(["a", "table", "select", "é"])))
def test_normalising_twice_changes_nothing_with_known_names(sql: str, names: frozenset[str]) -> None:
    once = normalise(sql, names)
    assert normalise(once, names) == once


@given(SQL)
def test_compact_keeps_the_tokens(sql: str) -> None:
    assert normalise(compact(tokenise(sql))) == normalise(sql)


@pytest.mark.parametrize(
    "spelling",
    [
        'SELECT "a" FROM "T"',
        "select [A] from `t`",
        "Select a /* the first */ FROM t -- and no more",
        "SELECT\n\ta\r\nFROM\ft",
    ],
)
def test_spellings_of_the_same_are_the_same(spelling: str) -> None:
    assert normalise(spelling) == "select a from t"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("'a'", "'A'"),
        ("'a  b'", "'a b'"),
        ("'--x'", "'--y'"),
        ("a + b", "a - b"),
        ("'it''s'", "'its'"),
        ('"select"', "select"),
        ("x'AB'", "x'AC'"),
        ("a<=b", "a<b"),
        ('"a b"', "a b"),
    ],
)
def test_different_meanings_stay_different(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x'ab'", "X'AB'"),
        ("a<=b", "a <= b"),
        ('"say ""hi"""', '[say "hi"]'),
        ("CREATE TABLE 'T'(a)", 'create table "t" (a)'),
    ],
)
def test_equal_meanings_become_equal(left: str, right: str) -> None:
    assert normalise(left) == normalise(right)


def test_double_quotes_around_no_name_are_a_string_as_in_sqlite() -> None:
    names = frozenset({"state"})
    assert normalise('"State" = "Open"', names) == "state = 'Open'"
    assert normalise('"Open"', names) != normalise('"open"', names)


def test_definitions_are_split_at_the_commas_of_the_table_only() -> None:
    sql = """CREATE TABLE "t" ("id" integer NOT NULL, -- the key, always
        "price" decimal(10, 2) DEFAULT ',(', CHECK ("price" IN (1, 2)), CONSTRAINT [a,b] UNIQUE ("id", "price"))
        WITHOUT ROWID"""
    assert [sql[part[0].start : part[-1].end] for part in definitions(tokenise(sql))] == [
        '"id" integer NOT NULL',
        "\"price\" decimal(10, 2) DEFAULT ',('",
        'CHECK ("price" IN (1, 2))',
        'CONSTRAINT [a,b] UNIQUE ("id", "price")',
    ]


def test_a_text_without_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="no closed parentheses"):
        definitions(tokenise("CREATE TABLE t (a"))
