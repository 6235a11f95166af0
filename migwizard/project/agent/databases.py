"""The project's real databases: opened here alone, read, switched, and switched back. All else sees scratch databases."""

from __future__ import annotations

import copy
import io
import os
import sqlite3
from typing import Any

from . import histories, load, schemas
from .engines import engine_of, is_mysql, is_postgresql, is_sqlite, mysql, postgresql, sqlite
from .engines.raw import raw
from .failure import AgentError
from .switch.locks import is_lock_failure, try_lock
from .switch.places import sqlite_file
from .switch.refusal import SwitchError, is_denied, said_by_server

CONNECT_SECONDS = 10
LOCK_SECONDS = 5.0


def open_real(alias: str, *, write: bool = False, timeout: float | None = None) -> Any:
    """A connection to the real database; an SQLite file is opened read-only unless `write`, and never created.

    `timeout` is how many seconds SQLite waits for a lock, where not as long as the settings say. Raises AgentError("unreachable") where it is missing or does not answer.
    """
    from django.db import connections
    from django.db.utils import Error

    if alias not in load.REAL_DATABASES:
        known = ", ".join(sorted(load.REAL_DATABASES))
        raise AgentError("usage", "The settings have no database {!r}; they have {}.".format(alias, known))
    real = copy.deepcopy(load.REAL_DATABASES[alias])
    if is_sqlite(real):
        file, parameters = sqlite_file(real)
        path = os.path.abspath(file)
        if not file:
            raise AgentError("unreachable", "Database {} is memory, and no file.".format(alias), alias=alias)
        if not os.path.exists(path):
            raise AgentError(
                "unreachable", "The file {} of database {} does not exist.".format(path, alias), alias=alias
            )
        mode = "rw" if write or _is_idle_wal(path) else "ro"
        real["NAME"] = _uri(path, parameters, mode)
        real["OPTIONS"] = dict(real.get("OPTIONS") or {}, uri=True)
        real["OPTIONS"].pop("database", None)
        if timeout is not None:
            real["OPTIONS"]["timeout"] = timeout
    elif is_postgresql(real):
        real = postgresql.server_settings(real)
        real["OPTIONS"].setdefault("connect_timeout", CONNECT_SECONDS)
    elif is_mysql(real):
        real = mysql.server_settings(real)
        if "connector" not in real["ENGINE"]:
            real["OPTIONS"].setdefault("connect_timeout", CONNECT_SECONDS)
    databases = {key: load.scratch_database(other) for key, other in load.REAL_DATABASES.items()}
    databases[alias] = real
    load.use_databases(databases)
    try:
        connections[alias].ensure_connection()
        if is_sqlite(real):
            sqlite.raw(connections[alias])("SELECT 1 FROM sqlite_master")
            if not write:
                sqlite.raw(connections[alias])("PRAGMA query_only = ON")
        elif is_postgresql(real) and not write:
            raw(connections[alias])("SET default_transaction_read_only = on")
        elif is_mysql(real) and not write:
            with connections[alias].cursor() as cursor:
                cursor.execute("SET SESSION TRANSACTION READ ONLY")
    except (Error, sqlite3.Error) as error:
        raise _unreachable(alias, "does not answer", error) from error
    return connections[alias]


def _is_idle_wal(path: str) -> bool:
    """Whether a database is in WAL mode and nobody has it open.

    Reading one makes side files, which only a connection that may write removes again.
    """
    with open(path, "rb") as stream:
        header = stream.read(20)
    return header[18:20] == b"\x02\x02" and not os.path.exists(path + "-wal")


def _try_write(alias: str, timeout: float | None) -> None:
    """Take the lock that the switch takes and let go of it; nothing is written."""
    from django.db.utils import Error

    connection = open_real(alias, write=True, timeout=timeout)
    try:
        if is_sqlite(load.REAL_DATABASES[alias]):
            sqlite.raw(connection)("BEGIN IMMEDIATE")
            sqlite.raw(connection)("ROLLBACK")
        else:
            try_lock(connection, LOCK_SECONDS if timeout is None else timeout)
    except (Error, sqlite3.Error) as error:
        raise _unreachable(alias, "cannot be written to now", error) from error
    finally:
        connection.close()


def _unreachable(alias: str, what: str, error: Exception) -> AgentError:
    """`busy` says that somebody else holds the database, so that waiting helps."""
    busy = is_lock_failure(error)
    cure = " Let its owner grant what is lacking." if is_denied(error) else ""
    sentence = "Database {} {}: {}.{}".format(alias, what, said_by_server(error), cure)
    return AgentError("unreachable", sentence, alias=alias, busy=busy)


def _uri(path: str, parameters: str, mode: str) -> str:
    """The file with the parameters that the settings give it, but never made where it is missing."""
    from urllib.parse import parse_qsl, quote, urlencode

    given = dict(parse_qsl(parameters))
    # What the settings let nobody write stays so.
    given["mode"] = "ro" if given.get("mode") == "ro" else mode
    return "file:{}?{}".format(quote(path), urlencode(given))


def refusal_of(error: SwitchError) -> AgentError:
    """The host says itself that nothing was changed, as it does for every other error.

    To be raised from the cause of the refusal, where it has one: a refusal itself is no failure that has a place.
    """
    return AgentError("switch", error.reason, code=error.code, details=error.details)


def database_state(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    manifest: dict[str, Any],
    writable: bool = False,
    timeout: float | None = None,
    consistent: bool = False,
) -> dict[str, Any]:
    """In which state of the switch a real database is; read only.

    With `writable` it is also tried whether a transaction that writes could begin now; with `consistent`, where the tree holds the
    new files, whether a database at the old head has all that these need. Raises AgentError("unreachable").
    """
    from django.db.utils import Error

    if writable:
        _try_write(alias, timeout)
    connection = open_real(alias, timeout=timeout)
    try:
        return schemas.state_of(connection, manifest, consistent=consistent)
    except Error as error:
        raise _unreachable(alias, "could not be read", error) from error
    except SwitchError as error:
        raise refusal_of(error) from error.__cause__
    finally:
        connection.close()


def read_schema(start: dict[str, Any], emit: Any, alias: str) -> dict[str, Any]:
    """The catalogue of a real database, without a row of it; read only. Raises AgentError("unreachable")."""
    from django.db.utils import Error

    connection = open_real(alias)
    try:
        return dict(engine_of(load.REAL_DATABASES[alias]).read_catalogue(connection))
    except (Error, sqlite3.Error) as error:
        raise _unreachable(alias, "could not be read", error) from error
    finally:
        connection.close()


def switch_database(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    manifest: dict[str, Any],
    dry_run: bool,
    lock_timeout: float = 10.0,
    folders: dict[str, str | None] | None = None,
    may_lack: list[str] | None = None,
) -> dict[str, Any]:
    """Exchange the old rows of django_migrations for the new ones. Raises AgentError("switch") with the refusal.

    With `may_lack`, be it empty, a database that lacks other tables or columns of the manifest is refused, too.
    """
    histories.look_at(folders)
    connection = open_real(alias, write=not dry_run)
    try:
        return schemas.switch_all(connection, manifest, dry_run=dry_run, lock_timeout=lock_timeout, may_lack=may_lack)
    except SwitchError as error:
        raise refusal_of(error) from error.__cause__
    finally:
        connection.close()


def undo_database(
    start: dict[str, Any],
    emit: Any,
    alias: str,
    manifest: dict[str, Any],
    dry_run: bool = False,
    lock_timeout: float = 10.0,
    backup: Any = None,
) -> dict[str, Any]:
    """Give back the rows as they were before the switch, from `backup` where its table is lost.

    Raises AgentError("switch") with the refusal.
    """
    connection = open_real(alias, write=True)
    try:
        return schemas.undo_all(connection, manifest, backup=backup, dry_run=dry_run, lock_timeout=lock_timeout)
    except SwitchError as error:
        raise refusal_of(error) from error.__cause__
    finally:
        connection.close()


def steps_back(
    start: dict[str, Any], emit: Any, alias: str, later: list[list[str]], gone: list[list[str]]
) -> list[dict[str, Any]]:
    """What takes these migrations back that a real database records, and brings those that are gone. Raises AgentError("unreachable")."""
    connection = open_real(alias)
    try:
        return schemas.steps_of(connection, later, gone)
    finally:
        connection.close()


def confirm_fake(start: dict[str, Any], emit: Any, alias: str, labels: list[str], real: list[list[str]]) -> str:
    """Run the project's own `migrate --fake`, app by app, where nothing of the app is left to apply.

    An app with a migration of `real`, which is to be applied and never to be faked, is left out. Its signal handlers run, as with every migrate; undo does not take back what they do.
    """
    from django.core.management import call_command

    connection = open_real(alias, write=True)
    output = io.StringIO()
    try:
        for label in [label for label in labels if label not in {app for app, _ in real}]:
            call_command("migrate", label, database=alias, fake=True, interactive=False, verbosity=1, stdout=output)
    finally:
        connection.close()
    return output.getvalue()
