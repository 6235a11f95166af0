"""The facts about an SQLite database, out of its raw catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from migwizard.proof.definition import Column, Constraint, TableText, read_table
from migwizard.proof.fact import WITNESS, Fact
from migwizard.proof.sql_text import compact, lower, normalise, render, tokenise

Names = frozenset[str]

_ASPECTS = {"not": "NULL", "default": "default", "collate": "collation", "primary": "primary key"}
_FLAGS = {"notnull": "NOT NULL", "pk": "place in the primary key", "hidden": "hidden or generated"}


def sqlite_facts(catalogue: Mapping[str, Any], ignored: frozenset[str]) -> Iterator[Fact]:
    """All facts of `catalogue` but those of the `ignored` tables (in lower case).

    Raises ValueError when the text of a table cannot be read.
    """
    names = _names(catalogue)
    for name, table in catalogue["tables"].items():
        if lower(name) in ignored:
            continue
        if table["type"] == "virtual":
            content = (("definition", normalise(table["sql"], names)),)
            yield Fact("table", None, name, content, f"the virtual table {name}", table["sql"])
            continue
        text = _read_table(table["sql"], names)
        content = (("options", text.options),)
        yield Fact("table", None, name, content, f"the table {name}", table["sql"])
        yield from _columns(name, table, text, names)
        yield from (_constraint(name, constraint) for constraint in text.constraints)
        yield from (_index(name, index, names) for index in table["indexes"] if index["sql"] is not None)
    for name, sql in catalogue["views"].items():
        yield Fact("view", None, name, (("definition", normalise(sql, names)),), f"the view {name}", sql)
    for name, trigger in catalogue["triggers"].items():
        if lower(trigger["table"]) not in ignored:
            content = (("definition", normalise(trigger["sql"], names)),)
            label = f"the trigger {name} on {trigger['table']}"
            yield Fact("trigger", trigger["table"], name, content, label, trigger["sql"])


def _names(catalogue: Mapping[str, Any]) -> Names:
    """Every name that exists: what else stands in double quotes is a string to SQLite."""
    names = {*catalogue["views"], *catalogue["triggers"]}
    for name, table in catalogue["tables"].items():
        names.add(name)
        names.update(column["name"] for column in table["columns"])
        names.update(index["name"] for index in table["indexes"])
    return _same(frozenset(map(lower, names)))


@lru_cache(maxsize=8)
def _same(names: Names) -> Names:
    """The set, or the equal one of another catalogue: a cache finds by it without a look at every name."""
    return names


# Seeds, the proof and its figures read the catalogues of one project again and again.
_read_table = lru_cache(maxsize=4096)(read_table)


def _columns(table: str, raw: Mapping[str, Any], text: TableText, names: Names) -> Iterator[Fact]:
    """The columns, each told twice: by the text and by SQLite's own reading of it."""
    written = {column.name: column for column in text.columns}
    keys = {item.column for item in text.constraints if item.content.startswith("foreign key ")}
    for column in raw["columns"]:
        name = column["name"]
        found = written.get(lower(name))
        content = (*_text_aspects(found), *_read_aspects(column, names))
        shown = found.shown if found else name
        # Altering a primary key, Django leaves the declared type of many columns that point at it as it was.
        stored_as = "INTEGER" if lower(name) in keys and "int" in lower(column["type"]) else None
        yield Fact("column", table, name, content, f"the column {table}.{name}", shown, stored_as=stored_as)


def _text_aspects(column: Column | None) -> Iterator[tuple[str, str]]:
    """Type and clauses as written; a column that is not NOT NULL says so."""
    if column is None:
        return
    yield "type", column.type
    if not any(clause.startswith("not ") for clause in column.clauses):
        yield "NULL", "null"
    for clause in column.clauses:
        first = clause.split(" ", 1)[0]
        yield _ASPECTS.get(first, "generation"), clause


def _read_aspects(column: Mapping[str, Any], names: Names) -> Iterator[tuple[str, str]]:
    """Type, flags and default as SQLite reads them: a second witness, should the text be misread."""
    yield f"type {WITNESS}", lower(column["type"])
    default = column["default"]
    yield f"default {WITNESS}", "none" if default is None else normalise(default, names)
    for flag, aspect in _FLAGS.items():
        yield f"{aspect} {WITNESS}", str(column[flag])


def _constraint(table: str, constraint: Constraint) -> Fact:
    named = f"{constraint.name}, " if constraint.name else ""
    label = f"the constraint {named}{constraint.content}, of {table}"
    content = (("definition", constraint.content),)
    return Fact(
        "constraint", table, constraint.name, content, label, constraint.shown, constraint.subject, constraint.column
    )


def _index(table: str, index: Mapping[str, Any], names: Names) -> Fact:
    """An index made by CREATE INDEX; those of UNIQUE and PRIMARY KEY are told by their constraints."""
    content, on_columns = _read_index(index["sql"], names)
    kind = "unique index" if index["unique"] else "index"
    label = f"the {kind} {index['name']} on {table} {on_columns}"
    return Fact("index", table, index["name"], (("definition", content),), label, index["sql"])


@lru_cache(maxsize=4096)
def _read_index(sql: str, names: Names) -> tuple[str, str]:
    """The text of a CREATE INDEX in one spelling without its own name, and its columns."""
    tokens = tokenise(sql, names)
    place = next(number for number, token in enumerate(tokens) if token.is_word("index")) + 1
    return render([*tokens[:place], *tokens[place + 1 :]]), compact(tokens[place + 3 :])
