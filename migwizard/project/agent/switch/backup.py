"""The backup table beside django_migrations: all rows from before a switch, and those that it put in, by run."""

from __future__ import annotations

import typing

from django.db import Error, models

from .history import HISTORY, History, Parameters, Row
from .refusal import SwitchError, is_denied
from .words import Keys

BACKUP = "migwizard_history_backup"
# Of its rows: all before the switch, put in by it, those of the project that stayed on top, next id on SQLite.
KINDS = ("old", "new", "top", "sequence")


class Backup:
    """Reads and writes the table; all copies are made from table to table, so that no conversion touches a value."""

    def __init__(self, history: History) -> None:
        self.history, self.table = history, history.qualified(BACKUP)

    def exists(self) -> bool:
        return BACKUP in self.history.tables()

    def readable(self) -> bool:
        """Whether it is there and this user may read it: who looks may be another one than who switched."""
        if not self.exists():
            return False
        if self.history.vendor == "postgresql":
            return bool(self.history.query("SELECT has_table_privilege(%s, 'SELECT')", [self.table])[0][0])
        try:
            self.history.query(f"SELECT 1 FROM {self.table} LIMIT 1")
        except Error as error:
            if not is_denied(error):
                raise
            return False
        return True

    def create(self) -> None:
        if self.exists():  # to say IF NOT EXISTS takes the right to create it
            return
        applied = models.DateTimeField().db_type(self.history.connection)
        self.history.run(
            f"CREATE TABLE {self.table} (run_id varchar(64) NOT NULL, kind varchar(8) NOT NULL, "
            "row_id bigint NOT NULL, app varchar(255) NOT NULL, name varchar(255) NOT NULL, "
            f"applied {applied} NULL, PRIMARY KEY (run_id, kind, row_id))"
        )

    def drop_if_empty(self) -> None:
        if self.exists() and not self.history.query(f"SELECT 1 FROM {self.table} LIMIT 1"):
            self.history.run(f"DROP TABLE {self.table}")

    def require(self, run_id: str) -> None:
        """Raise SwitchError where the table is lost, or keeps nothing of this run."""
        if not self.exists():
            raise SwitchError("MW-E30", f"{self.history} has no table {BACKUP}, so there is nothing to undo from.")
        if not self.saved(run_id, "old"):
            raise SwitchError("MW-E31", f"{self.history} keeps no backup of the run {run_id}.")

    def saved(self, run_id: str, kind: str) -> typing.List[Row]:
        columns = f"SELECT row_id, app, name, {self.history.applied} FROM {self.table}"
        return self.history.as_rows(f"{columns} WHERE run_id = %s AND kind = %s ORDER BY row_id", [run_id, kind])

    def saved_all(self, run_id: str) -> typing.List[typing.List[typing.Any]]:
        """All that is kept of a run, each row with its kind first."""
        return [[kind, *row] for kind in KINDS for row in self.saved(run_id, kind)]

    def run_with(self, names: Keys) -> str:
        """A run that put in one of these rows; empty where none did, or this user may not know."""
        if not self.readable():
            return ""
        wanted = set(names)
        rows = self.history.query(f"SELECT run_id, app, name FROM {self.table} WHERE kind = 'new' ORDER BY run_id")
        return next((str(run) for run, app, name in rows if (app, name) in wanted), "")

    def save_all(self, run_id: str) -> None:
        """Copy all rows to the backup; rows there of the same run are of a switch that was reverted by hand."""
        history = self.history
        self.forget(run_id)
        history.run(f"INSERT INTO {self.table} SELECT %s, 'old', id, app, name, applied FROM {history.table}", [run_id])
        if history.vendor == "sqlite" and history.query("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"):
            sequence = "SELECT %s, 'sequence', seq, '', '', NULL FROM sqlite_sequence WHERE name = %s"
            history.run(f"INSERT INTO {self.table} {sequence}", [run_id, HISTORY])

    def save(self, run_id: str, kind: str, ids: typing.List[int]) -> None:
        copy = f"SELECT %s, %s, id, app, name, applied FROM {self.history.table} WHERE id"
        self.history.for_ids(f"INSERT INTO {self.table} {copy}", ids, [run_id, kind])

    def take_over(self, run_id: str, kept: typing.Sequence[Parameters]) -> None:
        """Fill the table from what `saved_all` gave once."""
        self.forget(run_id)
        for row in kept:
            self.history.run(f"INSERT INTO {self.table} VALUES (%s, %s, %s, %s, %s, %s)", [run_id, *row])

    def restore(self, run_id: str, rows: typing.List[Row]) -> None:
        """Put saved old rows back into the history, with their ids and times."""
        history = self.history
        copy = f"INSERT INTO {history.table} (id, app, name, applied) SELECT row_id, app, name, applied"
        where = f"FROM {self.table} WHERE run_id = %s AND kind = 'old' AND row_id"
        history.for_ids(f"{copy} {where}", [row.id for row in rows], [run_id])
        for saved in self.saved(run_id, "sequence"):
            value = f"MAX(%s, (SELECT MAX(id) FROM {history.table}))"
            history.run(f"UPDATE sqlite_sequence SET seq = {value} WHERE name = %s", [saved.id, HISTORY])

    def forget(self, run_id: str) -> None:
        self.history.run(f"DELETE FROM {self.table} WHERE run_id = %s", [run_id])
