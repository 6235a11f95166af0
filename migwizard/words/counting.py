"""Numbers of things."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 4
"""So many names stand in a sentence."""
PLURALS = {
    "index": "indexes",
    "policy": "policies",
    "statistics": "statistics",
    "operator family": "operator families",
    "operator class": "operator classes",
    "text search dictionary": "text search dictionaries",
    "default privileges": "default privileges",
}
KINDS = {
    "tables": "table",
    "columns": "column",
    "indexes": "index",
    "constraints": "constraint",
    "views": "view",
    "triggers": "trigger",
    "sequences": "sequence",
    "functions": "function",
    "procedures": "procedure",
    "events": "event",
    "types": "type",
    "extensions": "extension",
    "collations": "collation",
    "policies": "policy",
    "rules": "rule",
    "schemas": "schema",
    "aggregates": "aggregate",
    "operators": "operator",
    "operator families": "operator family",
    "operator classes": "operator class",
    "casts": "cast",
    "statistics": "statistics",
    "text search parsers": "text search parser",
    "text search templates": "text search template",
    "text search dictionaries": "text search dictionary",
    "text search configurations": "text search configuration",
    "event triggers": "event trigger",
    "foreign data wrappers": "foreign data wrapper",
    "servers": "server",
    "user mappings": "user mapping",
    "publications": "publication",
    "settings": "setting",
    "comments": "comment",
    "owners": "owner",
    "privileges": "grant",
    "default privileges": "default privileges",
}
"""What a catalogue is compared by: the figure, and the kind of thing that it counts."""


def count(number: int, thing: str, things: str = "") -> str:
    """ "1 file", "2 files", "1,500 indexes"."""
    return f"{number:,} {thing if number == 1 else things or PLURALS.get(thing, thing + 's')}"


def some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def one_of(number: int, total: int, thing: str) -> str:
    """ "level 2 of 5"; "the only level"."""
    return f"the only {thing}" if total == 1 else f"{thing} {number:,} of {total:,}"
