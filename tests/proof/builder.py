"""Builds SQLite databases in memory and reads them as the guest does."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from migwizard.project.agent.sqlite_facts import read_catalogue, read_rows
from migwizard.proof.catalogue import compare_catalogues
from migwizard.proof.difference import Difference
from migwizard.proof.rows import Volatile, compare_rows, volatile_cells


@dataclass(frozen=True, slots=True)
class Built:
    """What the guest reads of a database, after the journey through JSON."""

    catalogue: dict[str, Any]
    rows: dict[str, Any]


def build(*scripts: str) -> Built:
    """A database made by the scripts, one after the other."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for script in scripts:
            connection.executescript(script)

        def execute(sql: str) -> Sequence[tuple[Any, ...]]:
            return connection.execute(sql).fetchall()

        catalogue = read_catalogue(execute)
        rows = read_rows(execute, catalogue)
    return Built(json.loads(json.dumps(catalogue)), json.loads(json.dumps(rows, allow_nan=False)))


def schema_differences(old: Built, new: Built, *explicit_names: str) -> tuple[Difference, ...]:
    return compare_catalogues(old.catalogue, new.catalogue, explicit_names=explicit_names)


def row_differences(old: Built, new: Built, second: Built | None = None) -> tuple[Difference, ...]:
    """Differences in the rows; `second` is another run of the old history, by default one that gives the same."""
    volatile = Volatile() if second is None else volatile_cells(old.rows, second.rows, old.catalogue)
    return compare_rows(old.rows, new.rows, catalogue_old=old.catalogue, catalogue_new=new.catalogue, volatile=volatile)


def errors(differences: Sequence[Difference]) -> list[Difference]:
    return [difference for difference in differences if difference.severity == "error"]
