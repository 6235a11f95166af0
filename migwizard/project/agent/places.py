"""Where scratch databases are made: on the server of the real database as its user, unless the host says otherwise."""

from __future__ import annotations

import copy
import getpass
import os
from typing import Any, Callable, Iterator

from . import load
from .engines import is_mysql, is_postgresql, is_sqlite
from .failure import AgentError, sentence

_LEADING = {
    "service", "passfile", "pool", "assume_role", "host", "hostaddr", "port", "user", "password", "passwd", "dbname", "db",
    "database", "unix_socket", "channel_binding", "gssencmode", "krbsrvname", "target_session_attrs", "auth_plugin",
    "read_default_file", "read_default_group",
}  # fmt: skip
"""Options that lead to the server of the settings beside them, and would lead past another one."""
_SERVER = ("HOST", "PORT", "USER", "PASSWORD")
_SOCKETS = ("/var/run/postgresql", "/run/postgresql", "/tmp")
_MYSQL_SOCKETS = (
    "/var/run/mysqld/mysqld.sock",
    "/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/tmp/mysql.sock",
)

_MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"

Use = Callable[[Any], Any]


def where_of(start: dict[str, Any], alias: str) -> dict[str, Any] | None:
    """Where the host wants scratch databases for `alias`; None for the server of the real one, and for SQLite, which has none."""
    where = start.get("scratch")
    return None if not where or is_sqlite(load.REAL_DATABASES[alias]) else dict(where)


def place_of(start: dict[str, Any], alias: str, use: Use) -> dict[str, Any]:
    """Settings of the server on which scratch databases for `alias` are made. Raises AgentError("scratch")."""
    real, where = load.REAL_DATABASES[alias], where_of(start, alias)
    if where is None:
        return real
    if where["kind"] == "local":
        return _found_here(real, use)
    return led(real, where["spots"][0])


def led(real: dict[str, Any], spot: dict[str, Any]) -> dict[str, Any]:
    """The settings of a database with the server and the user of another place; what says how it behaves stays."""
    place = copy.deepcopy(real)
    options = {
        key: value
        for key, value in (place.get("OPTIONS") or {}).items()
        if key not in _LEADING and not key.startswith("ssl")
    }
    if spot["alias"]:
        other = copy.deepcopy(load.REAL_DATABASES[spot["alias"]])
        options.update(other.get("OPTIONS") or {})
        found = {key: other.get(key, "") for key in (*_SERVER, "NAME")}
    else:
        options.update(spot["options"])
        found = dict(dict.fromkeys(_SERVER, ""), **spot["settings"])
    if not found.get("NAME"):
        # Not the name of a database of ours there, but Django wants one.
        found["NAME"] = real.get("NAME", "")
    return dict(place, OPTIONS=options, **found)


def _found_here(real: dict[str, Any], use: Use) -> dict[str, Any]:
    """The first server on this machine that lets us in. Raises AgentError("scratch") with all that was tried."""
    said = []
    for host, user in _candidates(real):
        place = led(real, {"alias": "", "options": {}, "settings": {"HOST": host, "USER": user}})
        connection = use(dict(place, CONN_MAX_AGE=0))
        try:
            with connection._nodb_cursor() as cursor:
                cursor.execute(_MAY_CREATE if is_postgresql(real) else "SELECT 1")
                if cursor.fetchone()[0]:
                    return place
            said.append("{} as {}: may not make databases".format(host, user))
        except Exception as error:
            said.append("{} as {}: {}".format(host, user, sentence(error)))
        finally:
            connection.close()
    kind = "PostgreSQL" if is_postgresql(real) else "MySQL or MariaDB"
    raise AgentError(
        "scratch", "No {} server on this machine lets us in. Tried: {}.".format(kind, "; ".join(said) or "nothing")
    )


def _candidates(real: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(host, user) of servers that may run here, on the usual port."""
    try:
        me = getpass.getuser()
    except Exception:
        me = ""
    if is_postgresql(real):
        hosts = [folder for folder in _SOCKETS if os.path.exists(os.path.join(folder, ".s.PGSQL.5432"))]
        users = [me, "postgres"]
    elif is_mysql(real):
        hosts = [path for path in _MYSQL_SOCKETS if os.path.exists(path)]
        users = [me, "root"]
    else:
        return
    seen = []
    for host in hosts:
        # Two names of one folder are one server.
        if os.path.realpath(host) not in seen:
            seen.append(os.path.realpath(host))
    for host in (*seen, "127.0.0.1"):
        for user in dict.fromkeys(filter(None, users)):
            yield host, user
