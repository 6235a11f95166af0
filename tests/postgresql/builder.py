"""Builds schemas inside of a transaction that is rolled back, and reads them as the guest does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import psycopg

from migwizard.project.agent.postgresql_facts import read_catalogue
from migwizard.project.agent.postgresql_rows import read_rows
from tests.postgresql.server import connect
from tests.proof.builder import Built


def catalogue_with(connection: psycopg.Connection[tuple[Any, ...]], change: str) -> Built:
    """What the database of `connection` is after a change, which is taken back; without rows."""
    with connection.transaction(force_rollback=True):
        connection.execute(change)
        found = read_catalogue(lambda statement: connection.execute(statement).fetchall(), needs=False)
    return Built(json.loads(json.dumps(found)), {})


def build(database: str, *scripts: str) -> Built:
    """What the scripts make in an empty database, one after the other; nothing of it stays."""
    with connect(database) as connection, connection.transaction(force_rollback=True):

        def execute(statement: str) -> Sequence[tuple[Any, ...]]:
            return connection.execute(statement).fetchall()

        for script in scripts:
            connection.execute(script)
        catalogue = read_catalogue(execute)
        rows = read_rows(execute, catalogue)
    return Built(json.loads(json.dumps(catalogue)), json.loads(json.dumps(rows, allow_nan=False)))
