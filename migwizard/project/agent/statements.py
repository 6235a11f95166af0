"""What the text of SQL tells about effects that neither rows nor definitions show."""

from __future__ import annotations

import re
from typing import Container

NAME = r'("(?:[^"]|"")+"|`(?:[^`]|``)+`|[\w$]+)'
"""A name in a pattern, quoted or not."""

_HIDDEN = re.compile(
    r"""--[^\n]*|^[ \t]*\#[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|(?P<quote>\$\w*\$).*?(?P=quote)""",
    re.DOTALL | re.MULTILINE,
)
_INTO = re.compile(r"\b(?:INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+(?:\w+\.)?" + NAME, re.IGNORECASE)
_FIRST = re.compile(r"[\s(]*([A-Za-z]+)")
_JUDGED = re.compile(
    r"SELECT|INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|COPY|WITH|VALUES|TABLE|CREATE|ALTER|DROP|DO|CALL|EXPLAIN|SHOW"
    r"|BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|RENAME|LOAD|UNLOCK|DESCRIBE|DESC"
)
"""What works by rows and definitions, which are compared, or leaves nothing."""
_UNCOMPARED = re.compile(
    r"\s*(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(SCHEMA|STATISTICS|TEXT\s+SEARCH|AGGREGATE|RULE|OPERATOR|EVENT\s+TRIGGER"
    r"|ROLE|USER\s+MAPPING|USER|GROUP|PUBLICATION|SUBSCRIPTION|SERVER|CAST|LANGUAGE|CONVERSION|DATABASE|TABLESPACE)\b"
    r"|\s*ALTER\b.*\b(SET\s+STATISTICS|SET\s+STORAGE|REPLICA\s+IDENTITY|(?:EN|DIS)ABLE\s+(?:TRIGGER|RULE))\b",
    re.IGNORECASE | re.DOTALL,
)
"""Definitions that not every catalogue here reads."""
_OF_THE_SERVER = re.compile(
    r"\s*(?:GRANT|REVOKE)\b(?!.*\bON\b)|.*\bON\s+(?:DATABASE|ROLE|TABLESPACE|LANGUAGE|LARGE\s+OBJECT|PARAMETER)\b",
    re.IGNORECASE | re.DOTALL,
)
"""What is granted or said of something else than the objects of a database."""
_BODY = re.compile(
    r"\s*CREATE\b(?:(?!\bAS\b).)*\b(?:TRIGGER|PROCEDURE|FUNCTION|EVENT)\b.*\bBEGIN\b(?!\s+ATOMIC\b)",
    re.IGNORECASE | re.DOTALL,
)
"""From here on all is the body of one statement: where bodies stand in no quotes, drivers take one statement at a time."""
_PRAGMA = re.compile(
    r"\s*PRAGMA\s+(?:\w+\.)?(?:optimize\b|(?:application_id|auto_vacuum|default_cache_size|encoding|journal_mode|page_size"
    r"|user_version)\s*[=(])",
    re.IGNORECASE,
)
"""A pragma that stays in the file; all others ask something, or end with the connection."""


def unquote(name: str) -> str:
    """The name itself; quotes are those of any engine."""
    quote = name[:1]
    return name[1:-1].replace(quote * 2, quote) if quote in ('"', "`") else name


_RENAMED = re.compile(r"^\s*ALTER\s+TABLE\s+{0}\s+RENAME\s+(?:TO\s+|AS\s+)?{0}\s*;?\s*\Z".format(NAME), re.IGNORECASE)
_RENAMES = re.compile(r"^\s*RENAME\s+TABLE\b(.*)", re.IGNORECASE | re.DOTALL)
_PAIR = re.compile(r"{0}\s+TO\s+{0}".format(NAME), re.IGNORECASE)


def renamed(sql: str) -> list[tuple[str, str]]:
    """The tables that a statement gives another name: old and new names, in the order in which that happens."""
    one, several = _RENAMED.match(sql), _RENAMES.match(sql)
    pairs = [one.groups()] if one else _PAIR.findall(several.group(1)) if several else []
    return [(unquote(old), unquote(new)) for old, new in pairs]


def unseen(sql: str, compared: Container[str] = ()) -> set[str]:
    """The kinds of statements in a text whose effect nobody compares, as ANALYZE.

    `compared` are those kinds whose effect the engine's catalogue shows.
    """
    found = set()
    for statement in _HIDDEN.sub(" ", sql).split(";"):
        first = _FIRST.match(statement)
        kind = first.group(1).upper() if first else ""
        if kind == "PRAGMA":
            kind = kind if _PRAGMA.match(statement) else ""
        if kind in ("GRANT", "REVOKE", "COMMENT") and kind in compared and not _OF_THE_SERVER.match(statement):
            continue
        if kind and not _JUDGED.fullmatch(kind):
            found.add(kind)
        if uncompared := _UNCOMPARED.match(statement):
            found.add(" ".join((uncompared.group(1) or uncompared.group(2)).upper().split()))
        if _BODY.match(statement):
            break
    return {kind for kind in found if kind in ("GRANT", "REVOKE", "COMMENT") or kind not in compared}


def only_defines(sql: str) -> bool:
    """Whether all statements of a text make, change or remove objects, so that rows change through these alone."""
    firsts = [_FIRST.match(statement) for statement in _HIDDEN.sub(" ", sql).split(";")]
    return all(first is None or first.group(1).upper() in ("ALTER", "CREATE", "DROP") for first in firsts)


def written(sql: str) -> set[str]:
    """The tables that the statements of a text write rows into, in lower case; some names too many, none too few."""
    return {unquote(name).lower() for name in _INTO.findall(sql)}
