"""The facts about a MySQL or MariaDB database, out of its raw catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from migwizard.proof.fact import WITNESS, Fact
from migwizard.proof.sql_text import lower

_TABLE = {
    "engine": "engine",
    "charset": "character set",
    "collation": "collation",
    "options": "options",
    "comment": "comment",
}
_COLUMN = {
    "type": "type",
    "notnull": "NOT NULL",
    "default": "default",
    "collation": "collation",
    "generated": "generated",
    "expression": "expression",
    "extra": "attributes",
    "comment": "comment",
    "written": f"definition {WITNESS}",
}
_CONSTRAINTS = {"p": "primary key", "c": "check", "f": "foreign key"}
_OTHERS = {
    "view": "views",
    "trigger": "triggers",
    "function": "functions",
    "procedure": "procedures",
    "event": "events",
    "sequence": "sequences",
}
LEFT_DEFAULT = "default as AddField leaves it"
"""MySQL, unlike MariaDB, lets nobody drop the default of a text or of JSON again, so that Django does not try to."""
SERVED = "it comes with a foreign key, which another index serves on the other side"
UNSIGNED = "an unsigned column is never below zero"
_NOT_NEGATIVE = re.compile(r"CHECK \(+`([^`]+)` >= 0\)+")
_ASPECTS = {"place": "place among its like", "mode": "SQL mode"}


def mysql_facts(catalogue: Mapping[str, Any], ignored: frozenset[str]) -> Iterator[Fact]:
    """All facts of `catalogue` but those of the `ignored` tables (in lower case).

    Names of tables, views and triggers are compared by their case, all others not, as the server does by default.
    """
    leaves = "mariadb" not in catalogue["version"].lower()
    for name, table in catalogue["tables"].items():
        if lower(name) in ignored:
            continue
        yield Fact("table", None, name, _aspects(table, _TABLE), f"the table {name}", table["sql"], exact=True)
        yield from (_column(name, column, leaves=leaves) for column in table["columns"])
        kinds = {column["name"]: column["type"] for column in table["columns"]}
        yield from (_constraint(name, constraint, kinds) for constraint in table["constraints"])
        yield from (_index(name, index) for index in table["indexes"])
    for kind, group in _OTHERS.items():
        for name, facts in catalogue[group].items():
            table = facts.get("table")
            if table is not None and lower(table) in ignored:
                continue
            content = (("definition", facts["sql"]), *_aspects(facts, _ASPECTS))
            on = f" on {table}" if table else ""
            exact = kind in ("view", "trigger")
            yield Fact(kind, table, name, content, f"the {kind} {name}{on}", facts["sql"], exact=exact)


def _aspects(facts: Mapping[str, Any], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The aspects that say something, in words."""
    found = ((words, facts.get(key)) for key, words in names.items())
    return tuple(
        (words, "yes" if value is True else str(value)) for words, value in found if value not in (None, "", False)
    )


def _column(table: str, column: Mapping[str, Any], *, leaves: bool) -> Fact:
    """A column; `leaves` where Django may have left a default behind that it gave the rows which were there then."""
    label = f"the column {table}.{column['name']}"
    shown = f"{column['name']} {column.get('written', column['type'])}"
    left = leaves and column["type"].endswith(("text", "blob", "json"))
    words = _COLUMN | ({"default": LEFT_DEFAULT} if left else {})
    return Fact("column", table, column["name"], _aspects(column, words), label, shown)


def _constraint(table: str, constraint: Mapping[str, Any], kinds: Mapping[str, str]) -> Fact:
    """A check that stands with its column has no name of its own, and is the same as one of the table."""
    name, definition, columns = constraint["name"], constraint["definition"], constraint["columns"]
    told = _CONSTRAINTS[constraint["type"]]
    named = f"constraint {name}, " if name and told != "primary key" else "constraint "
    return Fact(
        "constraint",
        table,
        name,
        (("definition", definition),),
        f"the {named}{_readable(definition)}, of {table}",
        f"CONSTRAINT {name} {definition}" if name else definition,
        subject=f"{told} {', '.join(columns)}",
        column=columns[0] if len(columns) == 1 else None,
        idle=UNSIGNED if _never_below_zero(definition, kinds) else "",
    )


def _never_below_zero(definition: str, kinds: Mapping[str, str]) -> bool:
    """Whether a check says of an unsigned column what holds anyway: MariaDB drops such a one when the column is altered."""
    tested = _NOT_NEGATIVE.fullmatch(definition)
    return tested is not None and "unsigned" in kinds.get(tested.group(1), "")


def _index(table: str, index: Mapping[str, Any]) -> Fact:
    kind = "unique index" if index["unique"] else "index"
    return Fact(
        "index",
        table,
        index["name"],
        (("definition", index["definition"]),),
        f"the {kind} {index['name']} on {table} {_readable(index['on'])}",
        index["definition"].replace("KEY ", f"KEY {index['name']} ", 1),
        column=index["columns"][0] if len(set(index["columns"])) == 1 else None,
        idle=SERVED if index["implied"] else "",
    )


def _readable(definition: str) -> str:
    return definition.replace(",`", ", ").replace("`", "")
