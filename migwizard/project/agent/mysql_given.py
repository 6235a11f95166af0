"""MySQL and MariaDB: what is in a database that was given to us, its mark, and how it is emptied again."""

from __future__ import annotations

from typing import Any, Dict, List, Optional
from urllib.parse import quote as encoded
from urllib.parse import unquote as decoded

from .engines import mysql
from .mysql_names import MARK_TABLE, Execute, literal, quote

_ALPHABET = " CHARACTER SET {} COLLATE {}"
_TABLES = (
    "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 2 DESC, 1"
)
_ROUTINES = (
    "SELECT routine_name, routine_type FROM information_schema.routines WHERE routine_schema = DATABASE() ORDER BY 1"
)
_EVENTS = "SELECT event_name, 'EVENT' FROM information_schema.events WHERE event_schema = DATABASE() ORDER BY 1"
_KINDS = {"VIEW": "VIEW", "SEQUENCE": "SEQUENCE", "FUNCTION": "FUNCTION", "PROCEDURE": "PROCEDURE", "EVENT": "EVENT"}
"""Words for a statement; everything else that the server lists is some kind of table."""


def wanted(real: Dict[str, Any], use: Any) -> str:
    """Character set and collation that the database has to have."""
    return mysql.alphabet_of(real, use)


def fit(execute: Execute, wanted: Optional[str]) -> None:
    """Give the database the character set and collation of the real one; where those are not known, of a new database."""
    if wanted is None:
        return
    if not wanted:
        wanted = _ALPHABET.format(*execute("SELECT @@character_set_server, @@collation_server")[0])
    execute("ALTER DATABASE {}{}".format(quote(_name(execute)), wanted))


def nature(execute: Execute) -> Dict[str, Any]:
    """What has to be the same in all databases, for the same history to build the same in them."""
    version, case = execute("SELECT VERSION(), @@lower_case_table_names")[0]
    return {"version": version, "lower_case_table_names": case}


def standing(execute: Execute) -> Dict[str, str]:
    """Character set and collation as they are; the database gets them back."""
    charset, collation = execute(
        "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata "
        "WHERE schema_name = DATABASE()"
    )[0]
    return {"charset": str(charset), "collation": str(collation)}


def contents(execute: Execute) -> List[str]:
    """Everything in it, as words."""
    return ["{} {}".format(kind.lower(), name) for kind, name in _objects(execute)]


def _objects(execute: Execute) -> List[Any]:
    return [
        (_KINDS.get(kind, "TABLE"), name)
        for statement in (_EVENTS, _TABLES, _ROUTINES)
        for name, kind in execute(statement)
        if name != MARK_TABLE
    ]


def read_mark(execute: Execute) -> Optional[str]:
    """What the mark says; None where there is none. A table of that name without it says nothing."""
    found = execute(
        "SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = {}".format(
            literal(MARK_TABLE)
        )
    )
    return decoded(str(found[0][0] or "")) if found else None


def write_mark(execute: Execute, text: str) -> bool:
    """Whether the mark is written now; as a comment, since a definition commits before its rows could come."""
    from django.db.utils import Error

    try:
        execute("CREATE TABLE {} (mark int) COMMENT = {}".format(quote(MARK_TABLE), _text(text)))
    except Error:
        if read_mark(execute) is None:
            raise
        return False
    return True


def change_mark(execute: Execute, text: str) -> None:
    execute("ALTER TABLE {} COMMENT = {}".format(quote(MARK_TABLE), _text(text)))


def remove_mark(execute: Execute) -> None:
    execute("DROP TABLE {}".format(quote(MARK_TABLE)))


def empty(execute: Execute, before: Dict[str, str], wanted: Optional[str]) -> None:
    """Drop everything but the mark; with `wanted` the character set stays that of the real database, else it goes back.

    Whoever is still connected is a fork of ours that was cut off.
    """
    mysql.end_others(execute, _name(execute))
    execute("SET SESSION foreign_key_checks = 0")
    for kind, name in _objects(execute):
        execute("DROP {} IF EXISTS {}".format(kind, quote(name)))
    fit(execute, _ALPHABET.format(before["charset"], before["collation"]) if wanted is None else wanted)


def _text(text: str) -> str:
    """A comment takes no expression, and a backslash in it means one thing here and another there: so there is none."""
    return "'{}'".format(encoded(text, safe='{}[]":, /._-'))


def _name(execute: Execute) -> str:
    return str(execute("SELECT DATABASE()")[0][0])
