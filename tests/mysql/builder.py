"""Builds schemas in a database that is emptied again, and reads them as the guest does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pymysql

from migwizard.project.agent.mysql_facts import read_catalogue
from migwizard.project.agent.mysql_rows import read_rows
from tests.mysql.server import connect
from tests.proof.builder import Built


def build(database: str, *statements: str, empty: bool = True) -> Built:
    """What the statements make in an empty database, one after the other; nothing of it stays, unless told so."""
    with closing(connect(database)) as connection:

        def execute(statement: str) -> Sequence[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall())

        try:
            for statement in statements:
                execute(statement)
            catalogue = read_catalogue(execute)
            rows = read_rows(execute, catalogue)
        finally:
            if empty:
                _empty(connection)
    return Built(json.loads(json.dumps(catalogue)), json.loads(json.dumps(rows, allow_nan=False)))


def _empty(connection: pymysql.Connection[Any]) -> None:
    """Drop all tables and routines; what belongs to a table goes with it."""
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION foreign_key_checks = 0")
        cursor.execute("SELECT table_type, table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
        found = [
            ({"VIEW": "VIEW", "SEQUENCE": "SEQUENCE"}.get(kind, "TABLE"), name) for kind, name in cursor.fetchall()
        ]
        cursor.execute(
            "SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = DATABASE() "
            "UNION ALL SELECT 'EVENT', event_name FROM information_schema.events WHERE event_schema = DATABASE()"
        )
        for kind, name in [*found, *cursor.fetchall()]:
            cursor.execute(f"DROP {kind} `{name}`")
