from __future__ import annotations

import ast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from migwizard.seeds.sqlliteral import sql_literal

SQL = st.text(st.sampled_from("\\\"'\n\r\t x\x00é\u202e;{}%")) | st.text()


@given(SQL)
@example('"""')
@example("ends with \\")
@example('"quoted"')
@example("\ud800")
@example("a \\ b \nc")
@example('\\\\\\""""')
def test_evaluates_to_exactly_the_text(text: str) -> None:
    literal = sql_literal(text)
    assert ast.literal_eval(literal) == text
    assert literal.lstrip("r").startswith('"""')


@given(SQL)
def test_holds_nothing_invisible_that_an_editor_could_change(text: str) -> None:
    for line in sql_literal(text).split("\n"):
        assert line == line.rstrip(" \t")
        assert line.replace("\t", "").isprintable()


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("DROP VIEW lands", '"""DROP VIEW lands"""'),
        ("CREATE VIEW a AS\n  SELECT 1;\n", '"""\\\nCREATE VIEW a AS\n  SELECT 1;\n"""'),
        (r"SELECT '\d+'", r'''r"""SELECT '\d+'"""'''),
        ('SELECT "a"', '"""SELECT "a\\""""'),
        ("a \nb", '"""\\\na\\x20\nb"""'),
    ],
)
def test_is_as_readable_as_it_can_be(text: str, literal: str) -> None:
    assert sql_literal(text) == literal
