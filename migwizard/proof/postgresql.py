"""The facts about a PostgreSQL database, out of its raw catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from migwizard.proof.fact import Fact
from migwizard.words.things import called

_INDEX_NAME = re.compile(r'^(CREATE (?:UNIQUE )?INDEX )(?:"(?:[^"]|"")*"|[^\s"]+) ON ')
_REFERENCES = re.compile(r" REFERENCES .*", re.DOTALL)

_TABLE = {
    "type": "kind",
    "unlogged": "unlogged",
    "options": "options",
    "row_security": "row security",
    "inherits": "inherits",
    "partition": "partition",
    "partition_key": "partition key",
    "of_type": "type of its rows",
    "replica_identity": "replica identity",
    "access_method": "access method",
    "tablespace": "tablespace",
    "server": "server",
    "server_options": "options of its server",
}
_COLUMN = {
    "type": "type",
    "notnull": "NOT NULL",
    "unproved": "NOT NULL not validated",
    "default": "default",
    "collation": "collation",
    "identity": "identity",
    "generated": "generated",
    "storage": "storage",
    "compression": "compression",
    "statistics": "statistics",
    "options": "options",
    "server_options": "options of its server",
    "inherited": "inherited",
}
_PART = {
    "clustered": "clustered",
    "replica_identity": "replica identity",
    "tablespace": "tablespace",
    "statistics": "statistics",
    "comment": "comment",
}
_CONSTRAINTS = {"p": "primary key", "u": "unique", "c": "check", "f": "foreign key", "x": "exclusion"}
_ASPECTS = {
    "materialised": "materialised",
    "populated": "populated",
    "enabled": "enabled",
    "version": "version",
    "schema": "schema",
}


def postgresql_facts(catalogue: Mapping[str, Any], ignored: frozenset[str]) -> Iterator[Fact]:
    """All facts of `catalogue` but those of the `ignored` tables."""
    tables = {name: table for name, table in catalogue["tables"].items() if name not in ignored}
    for name, table in tables.items():
        yield Fact("table", None, name, _aspects(table, _TABLE), f"the table {name}", table["sql"], exact=True)
        yield from (_column(name, column) for column in table["columns"])
        yield from (_constraint(name, constraint) for constraint in table["constraints"])
        yield from (_index(name, index) for index in table["indexes"] if index["sql"] is not None)
    for kind, things in catalogue["objects"].items():
        for name, facts in things.items():
            table = facts.get("table")
            if table not in ignored:
                content = (("definition", facts.get("definition", facts["sql"])), *_aspects(facts, _ASPECTS))
                yield Fact(kind, table, name, content, called(kind, name), facts["sql"], exact=True)
    for name, sequence in catalogue["sequences"].items():
        if sequence["table"] not in ignored:
            yield _sequence(name, sequence)


def _aspects(facts: Mapping[str, Any], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The aspects that say something, in words."""
    found = ((words, facts.get(key)) for key, words in names.items())
    return tuple(
        (words, "yes" if value is True else str(value)) for words, value in found if value not in (None, "", False)
    )


def _column(table: str, column: Mapping[str, Any]) -> Fact:
    content = _aspects(column, _COLUMN)
    parts = [column["name"], *(value if aspect == "type" else f"{aspect} {value}" for aspect, value in content)]
    shown = " ".join(part.removesuffix(" yes") for part in parts)
    return Fact("column", table, column["name"], content, f"the column {table}.{column['name']}", shown, exact=True)


def _constraint(table: str, constraint: Mapping[str, Any]) -> Fact:
    definition = constraint["definition"]
    columns = constraint["columns"]
    told = _CONSTRAINTS.get(constraint["type"], "constraint")
    return Fact(
        "constraint",
        table,
        constraint["name"],
        (("definition", definition), *_aspects(constraint, _PART)),
        f"the constraint {constraint['name']}, {definition}, of {table}",
        f"CONSTRAINT {constraint['name']} {definition}",
        subject=_REFERENCES.sub("", definition) if told == "foreign key" else f"{told} ({', '.join(columns)})",
        column=columns[0] if len(columns) == 1 else None,
        exact=True,
    )


def _index(table: str, index: Mapping[str, Any]) -> Fact:
    content = (("definition", _INDEX_NAME.sub(r"\1ON ", index["definition"])), *_aspects(index, _PART))
    if not index["valid"]:
        content = (*content, ("valid", "no"))
    kind = "unique index" if index["unique"] else "index"
    on_columns = index["definition"].partition(" USING ")[2]
    label = f"the {kind} {index['name']} on {table} {on_columns}"
    return Fact("index", table, index["name"], content, label, index["sql"], exact=True)


def _sequence(name: str, sequence: Mapping[str, Any]) -> Fact:
    """One that belongs to a column is told with its table: its name is made up, and a renamed table leaves it as it was."""
    table, column = sequence["table"], sequence["column"]
    owner = () if table is None else (("counts", column), ("identity", "yes" if sequence["identity"] else "no"))
    aspects = _aspects(sequence, {"unlogged": "unlogged"} if table is None else {"comment": "comment"})
    content = (("definition", sequence["options"]), *owner, *aspects)
    label = f"the sequence {name}" + ("" if table is None else f", which counts {table}.{column}")
    return Fact("sequence", table, name, content, label, sequence["sql"], subject=column, column=column, exact=True)
