"""The end of a reset in a database: the backup of its switch goes, and rows of old names that no file knows any more."""

from __future__ import annotations

from typing import Any

from .databases import open_real, refusal_of
from .switch.backup import Backup
from .switch.history import HISTORY, History, Row
from .switch.locks import exclusive
from .switch.places import places_of
from .switch.procedures import state
from .switch.refusal import SwitchError
from .switch.words import keys

MOVED = ("NEW", "NEW_PARTIAL", "EMPTY")


def retire_database(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    manifest: dict[str, Any],
    gone: list[list[str]],
    dry_run: bool,
    lock_timeout: float = 10.0,
) -> dict[str, Any]:
    """Remove the rows of the names `gone` and this run's backup from every history of a database.

    Returns by schema ("" where there is none) {rows, backup} that went, or would: `unretire_database` takes them. Raises
    AgentError("switch") where a history is not the new one, with nothing removed from it.
    """
    connection = open_real(alias, write=not dry_run)
    try:
        places = places_of(connection)
        for place in places:
            found = state(connection, manifest, schema=place.schema)
            if found["state"] not in MOVED:
                raise SwitchError(found["code"] or "MW-E12", found["sentence"], found)
        return {
            place.schema or "": _retired(History(connection, place.schema), manifest, gone, dry_run, lock_timeout)
            for place in places
        }
    except SwitchError as error:
        raise refusal_of(error) from error.__cause__
    finally:
        connection.close()


def _retired(
    history: History, manifest: dict[str, Any], gone: list[list[str]], dry_run: bool, lock_timeout: float
) -> dict[str, Any]:
    found, backup = _to_go(history, manifest, gone), Backup(history)
    if not dry_run and (found["rows"] or found["backup"]):
        with exclusive(history, lock_timeout):
            found = _to_go(history, manifest, gone)
            history.delete(found["rows"])
            backup.forget(manifest["run_id"])
    return dict(found, rows=[list(row) for row in found["rows"]])


def _to_go(history: History, manifest: dict[str, Any], gone: list[list[str]]) -> dict[str, Any]:
    backup, names = Backup(history), set(keys(gone))
    rows = history.rows() if HISTORY in history.tables() else []
    return {
        "rows": [row for row in rows if row.key in names],
        "backup": backup.saved_all(manifest["run_id"]) if backup.exists() else [],
    }


def unretire_database(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    manifest: dict[str, Any],
    kept: dict[str, Any],
    lock_timeout: float = 10.0,
) -> int:
    """Give a database back what `retire_database` took; returns how many rows. What is there already is left alone.

    Raises AgentError("switch") where the lock cannot be had.
    """
    connection, returned = open_real(alias, write=True), 0
    try:
        for schema, found in kept.items():
            history = History(connection, schema or None)
            if HISTORY not in history.tables():
                continue
            with exclusive(history, lock_timeout):
                returned += _give_back(history, [Row(*row) for row in found["rows"]])
                if found["backup"]:
                    Backup(history).take_over(manifest["run_id"], found["backup"])
        return returned
    except SwitchError as error:
        raise refusal_of(error) from error.__cause__
    finally:
        connection.close()


def _give_back(history: History, rows: list[Row]) -> int:
    there = history.rows()
    known, taken = {row.key for row in there}, {row.id for row in there}
    lost = [row for row in rows if row.key not in known]
    for row in lost:
        values = [row.app, row.name, row.applied]
        if row.id in taken:
            history.run(f"INSERT INTO {history.table} (app, name, applied) VALUES (%s, %s, %s)", values)
        else:
            history.run(
                f"INSERT INTO {history.table} (id, app, name, applied) VALUES (%s, %s, %s, %s)", [row.id, *values]
            )
    return len(lost)
