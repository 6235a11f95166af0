"""The examples of refusals, which are drawn, say what the engine says today."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import migwizard
from tests.tui.refusals import EXAMPLES

VALUE = "\0"
"""Stands where a text has a value."""
LEAST = 8
"""Letters that a clause must have beside its values: `NAME: VALUE` would be like anything."""
NOT_IN_ONE_TEXT = {
    *("history", "failed", "drift-write", "new-history"),  # what Python says of an exception
    *("disk-full", "read-only", "os-error"),  # what the system says
    *("built-on", "died", "MW-E16", "not-equal", "odd-file"),  # put together from several texts
}


def text_of(node: ast.AST) -> str:
    """What a string of the code says, with VALUE for what is put in."""
    match node:
        case ast.Constant(value=str(text)):
            return re.sub(r"\{[^{}]*\}", VALUE, text)
        case ast.JoinedStr(values=values):
            return "".join(map(text_of, values))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return text_of(left) + text_of(right)
    return VALUE


def clauses(text: str) -> list[str]:
    return [clause.strip().rstrip(".;") for clause in re.split(r"(?<=[.;]) ", text)]


@cache
def said() -> list[re.Pattern[str]]:
    """Every clause that the engine, the commands or the agent can say."""
    root = Path(migwizard.__path__[0])
    paths = [
        path
        for path in root.rglob("*.py")
        if not {"demo", "words", "tui", "refusals"} & {*path.relative_to(root).parts}
    ]
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    texts = {clause for node in nodes if text_of(node) != VALUE for clause in clauses(text_of(node))}
    long = [text for text in texts if len(text.replace(VALUE, "")) >= LEAST]
    return [re.compile(".+".join(map(re.escape, text.split(VALUE)))) for text in long]


@pytest.mark.parametrize("code", sorted(EXAMPLES.keys() - NOT_IN_ONE_TEXT))
def test_each_clause_of_an_example_is_said_somewhere(code: str) -> None:
    made_up = [
        clause for clause in clauses(EXAMPLES[code].sentence) if not any(one.fullmatch(clause) for one in said())
    ]
    assert made_up == []


def test_what_is_excused_could_not_be_found() -> None:
    for code in NOT_IN_ONE_TEXT:
        assert not all(any(one.fullmatch(clause) for one in said()) for clause in clauses(EXAMPLES[code].sentence)), (
            code
        )
