"""A CREATE TABLE of SQLite taken apart: columns, constraints and options.

A constraint that is written beside its column is read as the same constraint of the table, so that `a integer UNIQUE`
and `UNIQUE (a)` are one thing, and a lost foreign key is not also a changed column.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from migwizard.proof.sql_text import Token, body, compact, definitions, render, tokenise

_TABLE_CONSTRAINT = ("constraint", "primary", "unique", "check", "foreign")
_CLAUSE = ("constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references", "generated", "as")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column without the constraints that also the table could carry."""

    name: str
    type: str
    clauses: tuple[str, ...]
    """NOT NULL, DEFAULT, COLLATE, PRIMARY KEY and GENERATED in one spelling, sorted; NULL, which means nothing, is left out."""

    shown: str
    """The whole definition as it is written."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A UNIQUE, CHECK, FOREIGN KEY or PRIMARY KEY of the table."""

    name: str | None
    content: str
    """Its text in one spelling without its own name."""

    subject: str | None
    """What it is about, as far as that tells it from the others: `foreign key (a_id)`; None for one of the whole table."""

    column: str | None
    """The column beside which it is written, if any."""

    shown: str


@dataclass(frozen=True, slots=True)
class TableText:
    """What the text of a CREATE TABLE says."""

    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]
    options: str
    """WITHOUT ROWID and STRICT in one spelling, or empty."""


def read_table(sql: str, names: Collection[str] | None = None) -> TableText:
    """Takes a CREATE TABLE apart. `names` are those that exist, in lower case (see `tokenise`).

    Raises ValueError where the text has no list of columns.
    """
    tokens = tokenise(sql, names)
    columns: list[Column] = []
    constraints: list[Constraint] = []
    for part in definitions(tokens):
        shown = sql[part[0].start : part[-1].end]
        if part[0].is_word(*_TABLE_CONSTRAINT):
            constraints.append(_constraint(part, None, shown))
        else:
            column, beside = _column(part, shown)
            columns.append(column)
            constraints.extend(beside)
    _, closed = body(tokens)
    return TableText(tuple(columns), tuple(constraints), render(tokens[closed + 1 :]))


def _column(part: list[Token], shown: str) -> tuple[Column, list[Constraint]]:
    """A column and the constraints that are written beside it."""
    name = part[0].text
    type_tokens, *clauses = _clauses(part[1:])
    own: list[str] = []
    beside: list[Constraint] = []
    for clause in clauses:
        content = clause[2:] if clause[0].is_word("constraint") else clause
        if content and content[0].is_word("unique", "check", "references"):
            beside.append(_constraint(clause, part[0], shown))
        elif content and not (len(content) == 1 and content[0].is_word("null")):
            own.append(compact(content))
    return Column(name, compact(type_tokens), tuple(sorted(own)), shown), beside


def _constraint(clause: list[Token], column: Token | None, shown: str) -> Constraint:
    """A constraint in the form of a table constraint."""
    named = clause[0].is_word("constraint") and len(clause) > 1
    name = clause[1].text if named else None
    content = clause[2:] if named else clause
    if column is not None:
        content = [*_as_of_table(content, column)]
    references = next((place for place, token in enumerate(content) if token.is_word("references")), None)
    subject = None if references is None else compact(content[:references])
    if column is not None and subject is None:
        subject = f"{content[0].text} beside {column.text}"
    return Constraint(name, compact(content), subject, None if column is None else column.text, shown)


def _as_of_table(content: list[Token], column: Token) -> Iterator[Token]:
    """A constraint that is written beside `column` in the words of a table constraint."""
    listed = [Token("sign", "(", 0, 0), column, Token("sign", ")", 0, 0)]
    if content[0].is_word("references"):
        yield from (Token("word", "foreign", 0, 0), Token("word", "key", 0, 0), *listed, *content)
    elif content[0].is_word("unique"):
        yield from (content[0], *listed, *content[1:])
    else:
        yield from content


def _clauses(tokens: list[Token]) -> Iterator[list[Token]]:
    """The type of a column, which may be empty, then each of its clauses."""
    current: list[Token] = []
    depth = 0
    for place, token in enumerate(tokens):
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if depth == 0 and token.is_word(*_CLAUSE) and not _goes_on(current, token, after):
            yield current
            current = []
        depth += token.is_sign("(") - token.is_sign(")")
        current.append(token)
    yield current


def _goes_on(clause: list[Token], token: Token, after: Token | None) -> bool:
    """Whether `token`, a word that can begin a clause, is inside the clause that has been read so far."""
    if not clause:
        return False
    last = clause[-1]
    return (
        last.is_word("set", "default", "not", "always")
        or (token.is_word("not") and after is not None and after.is_word("deferrable"))
        or (len(clause) == 2 and clause[0].is_word("constraint"))
    )
