"""Reads the catalogue of a MySQL or MariaDB database as plain JSON-able facts, by the server's own definitions.

Everything goes through one callable `execute(sql)` that returns all rows of a statement as tuples. No statement has
parameters, since drivers disagree about placeholders, and none writes. What is told is the current database alone.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, Mapping

from .mysql_names import MARK_TABLE, NAME, Execute, literal, names_in, quote
from .mysql_tables import own, plain, read_tables

_DEFINER = re.compile(r"\bDEFINER ?= ?{0}@{0} ".format(NAME))
_MODES = "ANSI_QUOTES", "NO_FIELD_OPTIONS", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "MYSQL323", "MYSQL40"
"""Modes in which the server writes definitions in another way."""


def read_catalogue(execute: Execute) -> Dict[str, Any]:
    """All objects of the database, migwizard's own backup table among them.

    Returns `{"engine", "version", "tables", "views", "triggers", "functions", "procedures", "events", "sequences",
    "needed"}`. A table has `columns`, `constraints`, `foreign_keys` and `indexes`; every object has `sql`, one statement
    that makes it, and `drop`. `needed` lists [kind, name, table] where a table cannot be made before a sequence is there.
    """
    version, database, mode, quoted = execute(
        "SELECT VERSION(), DATABASE(), @@SESSION.sql_mode, @@SESSION.sql_quote_show_create"
    )[0]
    unusual = not quoted or any(word in mode for word in _MODES)
    if unusual:
        execute("SET SESSION sql_mode = '', sql_quote_show_create = 1")
    try:
        return _read(execute, version, database)
    finally:
        if unusual:
            execute("SET SESSION sql_mode = {}, sql_quote_show_create = {}".format(literal(mode), int(quoted)))


def _read(execute: Execute, version: str, database: str) -> Dict[str, Any]:
    names: Dict[str, List[str]] = {}
    for name, kind in execute(
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1"
    ):
        if name != MARK_TABLE:
            names.setdefault({"VIEW": "view", "SEQUENCE": "sequence"}.get(kind, "table"), []).append(name)
    mariadb = "mariadb" in version.lower()
    tables = read_tables(execute, names.get("table", []), database, mariadb=mariadb)
    programs = _Programs(execute, database)
    return {
        "engine": "mysql",
        "version": version,
        "tables": tables,
        "views": programs.views(names.get("view", [])),
        "triggers": programs.triggers(),
        "functions": programs.routines("FUNCTION"),
        "procedures": programs.routines("PROCEDURE"),
        "events": programs.events(),
        "sequences": programs.sequences(names.get("sequence", [])),
        "needed": list(_needed(tables, names.get("sequence", []))),
    }


class _Programs:
    """What is kept as a statement: views and all that has a body, and sequences."""

    def __init__(self, execute: Execute, database: str) -> None:
        self._execute, self._database = execute, database
        user, _, host = str(execute("SELECT CURRENT_USER()")[0][0]).rpartition("@")
        self._user = [user, host]

    def _definition(self, kind: str, name: str, place: int) -> str:
        """The statement that makes an object; its definer only where that is somebody else than who reads."""
        text = self._execute("SHOW CREATE {} {}".format(kind, quote(name)))[0][place]
        if text is None:
            # The server shows a body only to its definer and to those who may see all.
            return "CREATE {} {} /* its body is hidden from this user */".format(kind, quote(name))
        return _DEFINER.sub(self._foreign, own(plain(text), self._database), count=1)

    def _foreign(self, definer: "re.Match[str]") -> str:
        return "" if names_in(definer.group(0)) == self._user else definer.group(0)

    def views(self, names: List[str]) -> Dict[str, Any]:
        """Views; `order` is one in which each comes after those that it reads."""
        texts = {name: self._definition("VIEW", name, 1) for name in names}
        return {
            name: {"sql": texts[name], "drop": "DROP VIEW IF EXISTS {}".format(quote(name)), "order": place}
            for place, name in enumerate(_in_order(texts))
        }

    def triggers(self) -> Dict[str, Any]:
        """Triggers; `place` is that among those of the same event of a table, which run one after the other."""
        found = self._execute(
            "SELECT trigger_name, event_object_table, action_order, sql_mode FROM information_schema.triggers "
            "WHERE trigger_schema = DATABASE() ORDER BY event_object_table, action_timing, event_manipulation, action_order"
        )
        return {
            name: {
                "table": table,
                "sql": self._definition("TRIGGER", name, 2),
                "drop": "DROP TRIGGER IF EXISTS {}".format(quote(name)),
                "place": place,
                "mode": mode,
                "order": order,
            }
            for order, (name, table, place, mode) in enumerate(found)
        }

    def routines(self, kind: str) -> Dict[str, Any]:
        found = self._execute(
            "SELECT routine_name, sql_mode FROM information_schema.routines WHERE routine_schema = DATABASE() "
            "AND routine_type = '{}' ORDER BY 1".format(kind)
        )
        return {
            name: {
                "sql": self._definition(kind, name, 2),
                "drop": "DROP {} IF EXISTS {}".format(kind, quote(name)),
                "mode": mode,
            }
            for name, mode in found
        }

    def events(self) -> Dict[str, Any]:
        """Events; the beginning of one that began when it was made is no part of its definition."""
        found = self._execute(
            "SELECT event_name, sql_mode, starts = created FROM information_schema.events WHERE event_schema = DATABASE() "
            "ORDER BY 1"
        )
        events = {}
        for name, mode, at_once in found:
            sql = self._definition("EVENT", name, 3)
            if at_once:
                sql = re.sub(r" STARTS '[^']*'", "", sql, count=1)
            events[name] = {"sql": sql, "drop": "DROP EVENT IF EXISTS {}".format(quote(name)), "mode": mode}
        return events

    def sequences(self, names: List[str]) -> Dict[str, Any]:
        """Sequences of MariaDB, which belong to no table."""
        return {
            name: {
                "sql": self._definition("SEQUENCE", name, 1),
                "drop": "DROP SEQUENCE IF EXISTS {}".format(quote(name)),
                "table": None,
                "column": None,
            }
            for name in names
        }


def _in_order(texts: Mapping[str, str]) -> List[str]:
    """Names by definition, each after those that its definition names; what is left of a circle comes last."""
    waiting = {name: set(names_in(text)) & texts.keys() - {name} for name, text in sorted(texts.items())}
    ordered: List[str] = []
    while waiting:
        free = [name for name, needs in waiting.items() if not needs & waiting.keys()] or list(waiting)
        ordered += free
        waiting = {name: needs for name, needs in waiting.items() if name not in free}
    return ordered


def _needed(tables: Mapping[str, Any], sequences: List[str]) -> Iterator[List[str]]:
    """The sequences that defaults of columns count with."""
    for table, facts in tables.items():
        for column in facts["columns"]:
            used = names_in(column["default"] or "") if sequences else []
            yield from (["sequence", name, table] for name in used if name in sequences)
