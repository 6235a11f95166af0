"""PostgreSQL: a scratch database is one more database on the project's own server.

Its name says whose it is, and so does its comment: by both together leftovers of a run that was killed are found and
removed, and nothing else ever is.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
from contextlib import contextmanager
from typing import Any, Callable, Iterator

from .. import postgresql_facts, postgresql_rows
from ..failure import AgentError
from ..postgresql_names import literal, quote
from .owner import is_alive
from .raw import Raw, raw
from .snapshot import Snapshot

COMMENT = "Scratch database of migwizard, removed by itself: "
PREFIX = "migwizard"
COMPARED = frozenset(
    [
        "COMMENT", "GRANT", "REVOKE", "IMPORT", "CLUSTER", "SCHEMA", "STATISTICS", "TEXT SEARCH", "AGGREGATE", "RULE",
        "OPERATOR", "EVENT TRIGGER", "USER MAPPING", "PUBLICATION", "SERVER", "CAST", "SET STATISTICS", "SET STORAGE",
        "REPLICA IDENTITY", "ENABLE TRIGGER", "DISABLE TRIGGER", "ENABLE RULE", "DISABLE RULE",
    ]
)  # fmt: skip


def database_name(path: str, owner: dict[str, Any]) -> str:
    """The name that stands for the file `path`: whose project, what for, which process."""
    what = re.sub(r"\W.*", "", os.path.basename(path))[:20]
    return "{}_{}_{}_{}".format(PREFIX, _digest(owner), what, owner["pid"])


def _digest(owner: dict[str, Any]) -> str:
    return hashlib.sha256("{}:{}".format(owner["host"], owner["root"]).encode()).hexdigest()[:10]


def scratch_settings(real: dict[str, Any], path: str, owner: dict[str, Any]) -> dict[str, Any]:
    """The project's own server and user; only the database is another one."""
    settings = server_settings(real)
    settings["NAME"] = database_name(path, owner)
    return settings


def server_settings(real: dict[str, Any]) -> dict[str, Any]:
    """Settings of the real database for a connection of ours: closed when it is done, and never from a pool."""
    settings = copy.deepcopy(real)
    settings["OPTIONS"] = {key: value for key, value in settings.get("OPTIONS", {}).items() if key != "pool"}
    settings["CONN_MAX_AGE"] = 0
    return settings


def create(
    real: dict[str, Any],
    path: str,
    owner: dict[str, Any],
    use: Callable[[dict[str, Any]], Any],
    source: str | None = None,
    like: dict[str, Any] | None = None,
) -> None:
    """Make an empty scratch database, or a copy of that for `source`; one of the same name and process is replaced.

    `use` leads Django to the given settings and returns the connection. Raises AgentError("scratch") with what the
    server said, or AgentError("unreachable") where none answers.
    """
    name = database_name(path, owner)
    connection = use(server_settings(real))
    with _server(connection, real) as execute:
        _drop(execute, name)
        suffix = connection.creation.sql_table_creation_suffix()
        if source is not None:
            suffix = "TEMPLATE {}".format(quote(database_name(source, owner)))
        execute("CREATE DATABASE {} {}".format(quote(name), suffix))
        comment = COMMENT + json.dumps(owner, sort_keys=True)
        execute("COMMENT ON DATABASE {} IS {}".format(quote(name), literal(comment)))


def server_version(real: dict[str, Any], use: Callable[[dict[str, Any]], Any]) -> str:
    """The version of the server, as its makers write it. Raises AgentError."""
    with _server(use(server_settings(real)), real) as execute:
        return "PostgreSQL {}".format(execute("SHOW server_version")[0][0].split(" ")[0])


def sweep(real: dict[str, Any], owner: dict[str, Any], use: Callable[[dict[str, Any]], Any]) -> list[str]:
    """Remove the scratch databases of this process, and those that dead processes of the same project left behind.

    Returns the names of those that were removed.
    """
    removed = []
    with _server(use(server_settings(real)), real) as execute:
        found = execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE '{}\\_%'".format(
                PREFIX
            )
        )
        for name, comment in found:
            process = _process_of(name, comment, owner)
            if process is not None and (process == owner["pid"] or not is_alive(process, owner)):
                _drop(execute, name)
                removed.append(name)
    return removed


def _process_of(name: str, comment: str | None, owner: dict[str, Any]) -> int | None:
    """The process that made a database, if it was one of ours and of this project on this machine.

    A database whose maker was killed before it could comment on it is known by its name alone.
    """
    match = re.match(r"{}_{}_\w+_(\d+)\Z".format(PREFIX, _digest(owner)), name)
    if match is None:
        return None
    if comment is not None:
        try:
            said = json.loads(comment[len(COMMENT) :]) if comment.startswith(COMMENT) else {}
        except ValueError:
            return None
        if (said.get("root"), said.get("host")) != (owner["root"], owner["host"]):
            return None
    return int(match.group(1))


def _drop(execute: Raw, name: str) -> None:
    """Remove a scratch database; whoever is still connected to it is a fork of ours that was cut off."""
    execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}".format(literal(name)))
    execute("DROP DATABASE IF EXISTS {}".format(quote(name)))


@contextmanager
def _server(connection: Any, real: dict[str, Any]) -> Iterator[Raw]:
    """Statements on the server, outside of any database of the project."""
    from django.db.utils import Error, OperationalError

    where = "{}:{}".format(real.get("HOST") or "its socket", real.get("PORT") or 5432)
    try:
        with connection._nodb_cursor() as cursor:

            def execute(sql: str, params: Any = None) -> list[tuple[Any, ...]]:
                cursor.execute(sql, params)
                return list(cursor.fetchall()) if cursor.description else []

            yield execute
    except OperationalError as error:
        code = _code(error)
        if code is None or code.startswith(("08", "28", "57P")):
            raise AgentError(
                "unreachable", "The PostgreSQL server at {} does not answer: {}".format(where, _said(error))
            ) from error
        raise _cannot(error, real, where) from error
    except Error as error:
        raise _cannot(error, real, where) from error
    finally:
        connection.close()


def _cannot(error: Exception, real: dict[str, Any], where: str) -> AgentError:
    user = real.get("USER") or "of the settings"
    cure = ""
    if _code(error) == "42501":
        cure = "Let it: ALTER ROLE {} CREATEDB; then start again.".format(quote(str(user)))
    return AgentError(
        "scratch",
        "The user {} cannot make a scratch database on {}: {}".format(user, where, _said(error)),
        cure=cure,
    )


def _said(error: Exception) -> str:
    return " ".join(str(error).split())


def _code(error: BaseException) -> str | None:
    """The SQLSTATE of an error, under whichever name the driver keeps it."""
    cause = error.__cause__ or error
    return getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)


def hint(error: BaseException) -> str:
    """What a person can do about a failure of a history, where the server's own words do not say it."""
    seen: BaseException | None = error
    while seen is not None:
        if _code(seen) == "42501" and "extension" in str(seen):
            return (
                "Extensions want a superuser here: name settings whose user is one, or let an administrator install the "
                "extension into template1, from which scratch databases are made."
            )
        if _code(seen) == "3F000":
            return (
                "A scratch database lacks that schema. Let a migration before this one create it (CREATE SCHEMA IF NOT EXISTS), make it in "
                "template1, from which scratch databases are made, or name empty databases that have it with --scratch."
            )
        seen = seen.__cause__
    return ""


def prepare(connection: Any, clock_shift: float) -> None:
    """Switch durability off. The server's clock cannot be set: what follows it is told by the moment that passes."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def read_catalogue(connection: Any) -> dict[str, Any]:
    return postgresql_facts.read_catalogue(raw(connection))


def read_rows(connection: Any, catalogue: dict[str, Any]) -> dict[str, Any]:
    return postgresql_rows.read_rows(raw(connection), catalogue)


_WRITTEN = "sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del), now()::text"
"""What a transaction has written, and which one it is."""


def mark(connection: Any) -> Any:
    """Inside of one transaction: what it has written so far, to tables and to the catalogue; outside never the same."""
    execute = raw(connection)
    if not connection.in_atomic_block or execute("SHOW track_counts") != [("on",)]:
        return object()
    return execute(
        # Sequences write nothing that a transaction counts.
        "SELECT txid_current_if_assigned(), {}, (SELECT sum(last_value) FROM pg_sequences) "
        "FROM pg_stat_xact_all_tables".format(_WRITTEN)
    )


_LAST: dict[str, Any] = {"mark": None, "catalogue": None}
"""The catalogue that was read last, and the mark at that moment: most operations that are watched write rows alone."""


def _catalogue(connection: Any) -> dict[str, Any]:
    """The catalogue, read anew where the transaction wrote to it, or is another one."""
    execute, now = raw(connection), None
    if connection.in_atomic_block and execute("SHOW track_counts") == [("on",)]:
        where = "WHERE schemaname = 'pg_catalog'"
        now = execute("SELECT {} FROM pg_stat_xact_all_tables {}".format(_WRITTEN, where))
    if now is None or now != _LAST["mark"]:
        _LAST.update(mark=now, catalogue=postgresql_facts.read_catalogue(execute, needs=False))
    return dict(_LAST["catalogue"])


def snapshot(connection: Any) -> Snapshot:
    """All objects and all rows. A table without a primary key is known by the places of its rows."""
    execute = raw(connection)
    catalogue = _catalogue(connection)
    rows = {
        name: postgresql_rows.keyed(execute, name, table)
        for name, table in catalogue["tables"].items()
        if postgresql_rows.is_read(name, table)
    }
    return Snapshot(_objects(catalogue), rows, postgresql_rows.read_counters(execute, catalogue))


def _objects(catalogue: dict[str, Any]) -> dict[tuple[str, str], tuple[str, str | None]]:
    found: dict[tuple[str, str], tuple[str, str | None]] = {}
    for name, table in catalogue["tables"].items():
        if name.rpartition(".")[2] != postgresql_rows.RECORDER_TABLE:
            found["table", name] = (name, table["sql"])
            found.update({("index", i["name"]): (name, i["sql"]) for i in table["indexes"] if i["sql"]})
            found.update(
                {
                    ("constraint", "{} on {}".format(each["name"], name)): (name, each["sql"])
                    for each in table["constraints"]
                    if each["sql"]
                }
            )
    for kind, things in catalogue["objects"].items():
        found.update({(kind, name): (facts.get("table") or name, facts["sql"]) for name, facts in things.items()})
    found.update(
        {
            ("sequence", name): (name, facts["sql"])
            for name, facts in catalogue["sequences"].items()
            if facts["table"] is None
        }
    )
    return found


def keyed_rows(
    connection: Any, name: str
) -> tuple[list[str], list[str], list[tuple[tuple[Any, ...], tuple[Any, ...]]]]:
    """Columns that can be written, primary key, and each row with its key, in the order of the keys.

    Values other than numbers, booleans and texts are their text, which PostgreSQL reads back.
    """
    execute = raw(connection)
    table = dict(postgresql_facts.read_catalogue(execute, needs=False)["tables"][name])
    table["columns"] = [column for column in table["columns"] if not column["generated"]]
    found = postgresql_rows.keyed(execute, name, table)
    return (
        postgresql_rows.column_names(table),
        postgresql_rows.key_names(table),
        sorted(found.items(), key=lambda row: repr(row[0])),
    )
