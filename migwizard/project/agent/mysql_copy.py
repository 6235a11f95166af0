"""Copies one scratch database of MySQL or MariaDB to another: the server has no statement for it."""

from __future__ import annotations

from typing import Any, Dict

from .mysql_facts import read_catalogue
from .mysql_names import Execute, quote

_EASY = (
    "SET SESSION foreign_key_checks = 0, unique_checks = 0, check_constraint_checks = 0",
    "SET SESSION foreign_key_checks = 0, unique_checks = 0",
)
"""What keeps rows out while their targets are not there yet; the first is that of MariaDB."""


def copy_database(execute: Execute, source: str, target: str) -> None:
    """Give the empty database `target` all that `source` holds, rows and counters among them.

    The session is the caller's alone: its current database and its checks are others afterwards.
    """
    execute("USE {}".format(quote(source)))
    catalogue = read_catalogue(execute)
    execute("USE {}".format(quote(target)))
    execute(_EASY["mariadb" not in catalogue["version"].lower()])
    for group in ("sequences", "functions", "procedures"):
        _make(execute, catalogue[group])
    for name, table in catalogue["tables"].items():
        _set_mode(execute, "")
        execute(table["sql"])
        for part in (*table["indexes"], *table["constraints"]):
            if part["sql"] is not None:
                execute(part["sql"])
        _copy_rows(execute, source, name, table)
    for group in ("views", "triggers", "events"):
        _make(execute, catalogue[group])


def _make(execute: Execute, group: Dict[str, Any]) -> None:
    """What has a body keeps the SQL mode of the moment in which it was made."""
    for facts in sorted(group.values(), key=lambda facts: facts.get("order", 0)):
        _set_mode(execute, facts.get("mode", ""))
        execute(facts["sql"])


def _copy_rows(execute: Execute, source: str, name: str, table: Dict[str, Any]) -> None:
    """All rows as they are: a zero stays a key, and a date that today would be refused stays."""
    _set_mode(execute, "NO_AUTO_VALUE_ON_ZERO")
    columns = ", ".join(quote(column["name"]) for column in table["columns"] if not column["generated"])
    execute("INSERT INTO {0} ({1}) SELECT {1} FROM {2}.{0}".format(quote(name), columns, quote(source)))
    if table["counter"]:
        execute("ALTER TABLE {} AUTO_INCREMENT = {}".format(quote(name), table["counter"] + 1))


def _set_mode(execute: Execute, mode: str) -> None:
    execute("SET SESSION sql_mode = '{}'".format(mode))
