"""MySQL and MariaDB: a scratch database is one more database on the project's own server.

Its name says whose it is, for not every server lets a database have a comment: the project and its machine as a hash that
nothing else has, and the process. By that leftovers of a run that was killed are found and removed, and nothing else is.
"""

from __future__ import annotations

import copy
import hashlib
import os
import re
import time
from contextlib import contextmanager
from typing import Any, Callable, Iterator

from .. import mysql_facts, mysql_rows
from ..failure import AgentError
from ..mysql_copy import copy_database
from ..mysql_names import RECORDER_TABLE, literal, quote
from .owner import is_alive
from .raw import Raw, raw
from .snapshot import Snapshot

PREFIX = "migwizard"
LOCK_SECONDS = 30
"""A server waits a day or a year for whoever still reads a table that is to go."""

_ELSEWHERE = ("db", "database", "host", "port", "unix_socket")
"""Options that would lead past the settings beside them."""
_UNREACHABLE = {1040, 1045, 1129, 1130, 1203, 1251, 1698, 2002, 2003, 2005, 2006, 2013, 2026, 2055, 2059}
_DENIED = {1044, 1142, 1227, 1370}
_READING = re.compile(
    r"Com_(select|show_\w+|set_option|begin|commit|change_db|help|stmt_close|flush|savepoint|release\w*)$"
)


def database_name(path: str, owner: dict[str, Any]) -> str:
    """The name that stands for the file `path`: whose project, what for, which process; at most 64 characters."""
    what = re.sub(r"\W.*", "", os.path.basename(path))[:16].lower()
    return "{}_{}_{}_{}".format(PREFIX, _digest(owner), what, owner["pid"])


def _digest(owner: dict[str, Any]) -> str:
    return hashlib.sha256("{}:{}".format(owner["host"], owner["root"]).encode()).hexdigest()[:20]


def scratch_settings(real: dict[str, Any], path: str, owner: dict[str, Any]) -> dict[str, Any]:
    """The project's own server and user; only the database is another one."""
    settings = server_settings(real)
    settings["NAME"] = database_name(path, owner)
    return settings


def server_settings(real: dict[str, Any]) -> dict[str, Any]:
    """Settings of the real database for a connection of ours: closed when it is done, to no database but that of NAME."""
    settings = copy.deepcopy(real)
    options = settings.get("OPTIONS", {})
    settings["OPTIONS"] = {key: value for key, value in options.items() if key not in ("db", "database", "pool")}
    settings["CONN_MAX_AGE"] = 0
    return settings


def nowhere(real: dict[str, Any]) -> dict[str, Any]:
    """Settings of the same engine in which no option leads to a server either."""
    options = {
        key: value
        for key, value in real.get("OPTIONS", {}).items()
        if key not in _ELSEWHERE and not key.startswith("read_default")
    }
    return dict(copy.deepcopy(real), OPTIONS=options)


def create(
    real: dict[str, Any],
    path: str,
    owner: dict[str, Any],
    use: Callable[[dict[str, Any]], Any],
    source: str | None = None,
    like: dict[str, Any] | None = None,
) -> None:
    """Make an empty scratch database, or a copy of that for `source`; one of the same name and process is replaced.

    It has the character set and collation of the real database, which `like` leads to where that is on another server.
    `use` leads Django to the given settings and returns the connection. Raises AgentError("scratch") with what the
    server said, or AgentError("unreachable") where none answers.
    """
    name = database_name(path, owner)
    alphabet = None if like is None else alphabet_of(like, use)
    with _server(use(server_settings(real)), real) as execute:
        _drop(execute, name)
        execute("CREATE DATABASE {}{}".format(quote(name), _alphabet(execute, real) if alphabet is None else alphabet))
        if source is not None:
            copy_database(execute, database_name(source, owner), name)


def _alphabet(execute: Raw, real: dict[str, Any]) -> str:
    """Character set and collation of the project's database; before it is there, those of its TEST settings.

    Tables and columns take them over where they name none, so that they decide what is equal, and how rows are sorted.
    """
    found = execute(
        "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata "
        "WHERE schema_name = {}".format(literal(str(real.get("NAME") or "")))
    )
    test = real.get("TEST") or {}
    charset, collation = found[0] if found else (test.get("CHARSET"), test.get("COLLATION"))
    return "".join(
        " {} {}".format(word, name)
        for word, name in (("CHARACTER SET", charset), ("COLLATE", collation))
        if name and re.match(r"\w+\Z", name)
    )


def alphabet_of(real: dict[str, Any], use: Callable[[dict[str, Any]], Any]) -> str:
    """Character set and collation of the real database, by its own server; where that cannot be asked, of its TEST settings."""
    try:
        with _server(use(server_settings(real)), real) as execute:
            return _alphabet(execute, real)
    except AgentError:
        return _alphabet(lambda *_: [], real)


def server_version(real: dict[str, Any], use: Callable[[dict[str, Any]], Any]) -> str:
    """The version of the server, as its makers write it. Raises AgentError."""
    with _server(use(server_settings(real)), real) as execute:
        version = str(execute("SELECT VERSION()")[0][0])
    return "{} {}".format("MariaDB" if "mariadb" in version.lower() else "MySQL", version.partition("-")[0])


def sweep(real: dict[str, Any], owner: dict[str, Any], use: Callable[[dict[str, Any]], Any]) -> list[str]:
    """Remove the scratch databases of this process, and those that dead processes of the same project left behind.

    Returns the names of those that were removed.
    """
    ours = re.compile(r"{}_{}_\w*_(\d+)\Z".format(PREFIX, _digest(owner)))
    removed = []
    with _server(use(server_settings(real)), real) as execute:
        for (name,) in execute("SELECT schema_name FROM information_schema.schemata"):
            match = ours.match(name)
            if match and (int(match.group(1)) == owner["pid"] or not is_alive(int(match.group(1)), owner)):
                _drop(execute, name)
                removed.append(name)
    return removed


def _drop(execute: Raw, name: str) -> None:
    """Remove a scratch database; whoever is still connected to it is a fork of ours that was cut off."""
    end_others(execute, name)
    execute("DROP DATABASE IF EXISTS {}".format(quote(name)))


def end_others(execute: Callable[..., Any], name: str) -> None:
    """End all other connections to a database of ours that this user can see, and wait for nobody's lock for long."""
    from django.db.utils import Error

    execute("SET SESSION lock_wait_timeout = {}".format(LOCK_SECONDS))
    found = execute(
        "SELECT id FROM information_schema.processlist WHERE db = {} AND id <> CONNECTION_ID()".format(literal(name))
    )
    for (thread,) in found:
        try:
            execute("KILL {}".format(thread))
        except Error:
            # It ended by itself meanwhile.
            continue


@contextmanager
def _server(connection: Any, real: dict[str, Any]) -> Iterator[Raw]:
    """Statements on the server, outside of any database of the project."""
    from django.db.utils import Error

    where = "{}:{}".format(real.get("HOST") or "its socket", real.get("PORT") or 3306)
    account = "{!r}@{!r}".format(str(real.get("USER") or ""), "%")
    try:
        with connection._nodb_cursor() as cursor:

            def execute(sql: str, params: Any = None) -> list[tuple[Any, ...]]:
                cursor.execute(sql, params)
                return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

            user, _, host = str(execute("SELECT CURRENT_USER()")[0][0]).rpartition("@")
            account = "{!r}@{!r}".format(user, host)
            yield execute
    except Error as error:
        if _code(error) in _UNREACHABLE:
            raise AgentError(
                "unreachable", "The MySQL or MariaDB server at {} does not answer: {}".format(where, _said(error))
            ) from error
        raise _cannot(error, real, where, account) from error
    finally:
        connection.close()


def _cannot(error: Exception, real: dict[str, Any], where: str, account: str) -> AgentError:
    user = real.get("USER") or "of the settings"
    cure = ""
    if _code(error) in _DENIED:
        cure = "Let it: GRANT ALL PRIVILEGES ON `{}\\_%`.* TO {}; then start again.".format(PREFIX, account)
    return AgentError(
        "scratch",
        "The user {} cannot make a scratch database on {}: {}".format(user, where, _said(error)),
        cure=cure,
    )


def _said(error: BaseException) -> str:
    return " ".join(str(error.args[-1] if error.args else error).split())


def _code(error: BaseException) -> int | None:
    """The number of an error, which every driver gives first."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else None


def hint(error: BaseException) -> str:
    """What a person can do about a failure of a history, where the server's own words do not say it."""
    seen: BaseException | None = error
    while seen is not None:
        if _code(seen) == 1419:
            return (
                "The server writes a binary log, and lets only administrators make triggers and functions then: let one "
                "SET GLOBAL log_bin_trust_function_creators = 1, or name settings whose user is one."
            )
        seen = seen.__cause__
    return ""


def prepare(connection: Any, clock_shift: float) -> None:
    """Set what the server calls now ahead, where it is asked for; it stands still then, for this connection alone.

    Raises AgentError("scratch") where the connection leads to another database than its settings say.
    """
    execute = raw(connection)
    there, wanted = execute("SELECT DATABASE()")[0][0], connection.settings_dict["NAME"]
    if str(there).lower() != wanted:
        raise AgentError("scratch", "The settings lead to the database {} and not to {}.".format(there, wanted))
    if clock_shift:
        execute("SET SESSION timestamp = {!r}".format(time.time() + clock_shift))


def read_catalogue(connection: Any) -> dict[str, Any]:
    return mysql_facts.read_catalogue(raw(connection))


def read_rows(connection: Any, catalogue: dict[str, Any]) -> dict[str, Any]:
    return mysql_rows.read_rows(raw(connection), catalogue)


def mark(connection: Any) -> Any:
    """How many statements of each kind this connection has run, without those that only read.

    No transaction is asked: definitions are committed by themselves here, whatever surrounds them.
    """
    return [
        (name, count)
        for name, count in raw(connection)("SHOW SESSION STATUS LIKE 'Com\\_%'")
        if not _READING.match(name) and int(count)
    ]


def snapshot(connection: Any) -> Snapshot:
    """All objects and all rows; a table without a primary key is known by its values."""
    execute = raw(connection)
    catalogue = mysql_facts.read_catalogue(execute)
    rows = {
        name: mysql_rows.keyed(execute, name, table)
        for name, table in catalogue["tables"].items()
        if mysql_rows.is_read(name)
    }
    return Snapshot(_objects(catalogue), rows, mysql_rows.read_counters(catalogue))


def _objects(catalogue: dict[str, Any]) -> dict[tuple[str, str], tuple[str, str | None]]:
    found: dict[tuple[str, str], tuple[str, str | None]] = {}
    for name, table in catalogue["tables"].items():
        if name != RECORDER_TABLE:
            found["table", name] = (name, table["sql"])
            for kind, parts in (("index", table["indexes"]), ("constraint", table["constraints"])):
                found.update({(kind, "{} on {}".format(p["name"], name)): (name, p["sql"]) for p in parts if p["sql"]})
    kinds = {"view": "views", "trigger": "triggers", "function": "functions", "procedure": "procedures"}
    for kind, group in {**kinds, "event": "events", "sequence": "sequences"}.items():
        found.update(
            {(kind, name): (facts.get("table") or name, facts["sql"]) for name, facts in catalogue[group].items()}
        )
    return found


def keyed_rows(
    connection: Any, name: str
) -> tuple[list[str], list[str], list[tuple[tuple[Any, ...], tuple[Any, ...]]]]:
    """Columns that can be written, primary key, and each row with its key, in the order of the keys.

    Values other than numbers, texts and bytes are their text, which the server reads back.
    """
    execute = raw(connection)
    table = dict(mysql_facts.read_catalogue(execute)["tables"][name])
    table["columns"] = [column for column in table["columns"] if not column["generated"]]
    found = mysql_rows.keyed(execute, name, table)
    return (
        mysql_rows.column_names(table),
        mysql_rows.key_names(table),
        sorted(found.items(), key=lambda row: repr(row[0])),
    )
