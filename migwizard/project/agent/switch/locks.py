"""One transaction that nobody else can write into, on each engine by its own means."""

from __future__ import annotations

import contextlib
import hashlib
import math
import typing

from django.db import Error, OperationalError
from django.db.transaction import TransactionManagementError

from .backup import BACKUP, Backup
from .history import HISTORY, History, without_transactions
from .refusal import SwitchError, said_by_server, sql_state


@contextlib.contextmanager
def exclusive(history: History, timeout: float, dry_run: bool = False) -> typing.Iterator[typing.List[str]]:
    """The transaction, with the backup table at hand; rolled back on any exception, and where it is tried only.

    Gives a list to which, in the end, a warning is added where an empty backup table has to stay. Where DDL commits
    (MySQL) the table is made before and dropped after the transaction, under a named lock.
    """
    connection, backup = history.connection, Backup(history)
    if connection.in_atomic_block or not connection.get_autocommit():
        raise TransactionManagementError("The switch opens its own transaction; leave the surrounding one first.")
    inside = connection.features.can_rollback_ddl
    warnings: typing.List[str] = []
    with _patience(history, timeout), _named_lock(history, timeout):
        try:
            if not inside:
                backup.create()
            with _transaction(history, timeout, dry_run):
                if inside:
                    backup.create()
                yield warnings
                if inside and not dry_run:
                    warnings += _tidied(backup, timeout, inside)
        finally:
            if not inside:
                warnings += _tidied(backup, timeout, inside)


def _tidied(backup: Backup, timeout: float, inside: bool) -> typing.List[str]:
    """Drop the backup table where it is empty; a warning where it may not be dropped, or somebody reads it: all else is done by now."""
    history = backup.history
    try:
        if inside:
            history.run("SAVEPOINT migwizard_tidy")
        backup.drop_if_empty()
    except Error as error:
        if inside:
            history.run("ROLLBACK TO SAVEPOINT migwizard_tidy")
        why = f"somebody else held it for {timeout:g} s" if is_lock_failure(error) else said_by_server(error)
        done = "All else is done; drop that table when nobody reads it, or leave it."
        return [f"MW-W41 {history} keeps the empty table {BACKUP}: {why}. {done}"]
    return []


def try_lock(connection: typing.Any, lock_timeout: float) -> None:
    """Take the lock of a switch and let go of it, where there is a history to lock. Raises Django's OperationalError."""
    history = History(connection, None)
    if HISTORY in history.tables():
        try:
            with _patience(history, lock_timeout):
                _BEGIN[history.vendor](history, lock_timeout)
        finally:
            with contextlib.suppress(Error):
                history.run("ROLLBACK")


def is_lock_failure(error: Exception) -> bool:
    """Was a lock not got in time (or by a deadlock), and not something else that went wrong?"""
    return (
        sql_state(error) in ("55P03", "40P01")
        or error.args[:1] in ((1205,), (1213,))
        or "database is locked" in str(error)
    )


@contextlib.contextmanager
def _transaction(history: History, timeout: float, dry_run: bool) -> typing.Iterator[None]:
    """Raw BEGIN to COMMIT, or of a dry run to ROLLBACK: atomic() can neither take SQLite's write lock at once nor choose an isolation level."""
    committed = False
    try:
        _BEGIN[history.vendor](history, timeout)
        yield
        if not dry_run:
            history.run("COMMIT")
            committed = True
    except OperationalError as error:
        if not is_lock_failure(error):
            raise
        raise _busy(history, timeout) from error
    finally:
        if not committed:
            with contextlib.suppress(Error):
                history.run("ROLLBACK")


def _begin_sqlite(history: History, timeout: float) -> None:
    history.run("BEGIN IMMEDIATE")


def _begin_postgresql(history: History, timeout: float) -> None:
    history.run("BEGIN")
    history.run(f"SET LOCAL lock_timeout = {max(1, int(timeout * 1000))}")
    key = int.from_bytes(hashlib.sha256(f"migwizard:{history.schema}".encode()).digest()[:8], "big", signed=True)
    history.query("SELECT pg_advisory_xact_lock(%s)", [key])
    history.run(f"LOCK TABLE {history.table} IN EXCLUSIVE MODE")


def _begin_mysql(history: History, timeout: float) -> None:
    # Django's READ COMMITTED takes no gap lock: another connection could insert between our statements.
    history.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    history.run("START TRANSACTION")
    history.query(f"SELECT id FROM {history.table} FOR UPDATE")


_BEGIN = {"sqlite": _begin_sqlite, "postgresql": _begin_postgresql, "mysql": _begin_mysql}
# What bounds the wait for locks in a session, and how many of its units make a second. MySQL waits for rows by the first, and for a
# table that is to be dropped while others read it by the second.
_PATIENCE = {
    "sqlite": [("PRAGMA busy_timeout", "PRAGMA busy_timeout = {}", 1000)],
    "mysql": [
        ("SELECT @@SESSION.innodb_lock_wait_timeout", "SET SESSION innodb_lock_wait_timeout = {}", 1),
        ("SELECT @@SESSION.lock_wait_timeout", "SET SESSION lock_wait_timeout = {}", 1),
    ],
}


@contextlib.contextmanager
def _patience(history: History, timeout: float) -> typing.Iterator[None]:
    """Bound the wait for locks in this session to `timeout` seconds, and put the session's own bound back."""
    bounds = _PATIENCE.get(history.vendor, [])
    before = [history.query(read)[0][0] for read, _, _ in bounds]
    for _, write, units in bounds:
        history.run(write.format(max(1, math.ceil(timeout * units))))
    try:
        yield
    finally:
        with contextlib.suppress(Error):
            for (_, write, _), value in zip(bounds, before):
                history.run(write.format(value))


@contextlib.contextmanager
def _named_lock(history: History, timeout: float) -> typing.Iterator[None]:
    """On MySQL keep other switches out for longer than one transaction, since DDL commits; elsewhere nothing."""
    if history.vendor != "mysql":
        yield
        return
    if history.lacks_transactions():
        raise SwitchError("MW-E11", without_transactions(history))
    name = "migwizard:" + hashlib.sha256(str(history.query("SELECT DATABASE()")).encode()).hexdigest()[:32]
    if history.query("SELECT GET_LOCK(%s, %s)", [name, math.ceil(timeout)]) != [(1,)]:
        raise _busy(history, timeout)
    try:
        yield
    finally:
        with contextlib.suppress(Error):
            history.query("SELECT RELEASE_LOCK(%s)", [name])


def _busy(history: History, timeout: float) -> SwitchError:
    held = BACKUP if BACKUP in history.last else HISTORY
    return SwitchError("MW-E20", f"{history} is busy: somebody else held {held} for {timeout:g} s. Try again.")
