"""Whether this user may do what a switch does: asked of the server, and nothing of it is done."""

from __future__ import annotations

import typing

from django.db import Error

from .backup import Backup
from .history import History
from .refusal import SwitchError, is_denied
from .words import listed

_ROWS = ("SELECT", "INSERT", "DELETE")
_PREPARED = {
    "SELECT": "SELECT app FROM {}",
    "INSERT": "INSERT INTO {} (app) VALUES ('')",
    "DELETE": "DELETE FROM {} WHERE app = ''",
    "CREATE": "CREATE TABLE {} (app int)",
}
_Rights = typing.List[typing.Tuple[str, str]]
"""Each with what it is about, as GRANT spells it."""


def refuse_lacking_rights(history: History) -> None:
    """Raise SwitchError (MW-E24) where a server would refuse a statement of the switch; it says what has to be granted."""
    if history.vendor == "sqlite":
        return
    lacking, user = (_of_postgresql if history.vendor == "postgresql" else _of_mysql)(history)
    if not lacking:
        return
    about = list(dict.fromkeys(what for _, what in lacking))
    grants = [f"GRANT {', '.join(right for right, of in lacking if of == what)} ON {what} TO {user}" for what in about]
    sentence = (
        f"{history} cannot be switched by {user}, who has no right to {listed(right for right, _ in lacking)} there."
    )
    sentence += f" Switch as the user who owns the tables, or let that one grant it: {'; '.join(grants)}."
    raise SwitchError("MW-E24", sentence, {"lacking": [list(right) for right in lacking], "grants": grants})


def _of_postgresql(history: History) -> typing.Tuple[_Rights, str]:
    backup = Backup(history)
    tables = [history.table, backup.table] if backup.exists() else [history.table]
    lacking = [
        (right, table)
        for table in tables
        for right in _ROWS
        if history.query("SELECT has_table_privilege(%s, %s)", [table, right]) != [(True,)]
    ]
    asked = "SELECT has_schema_privilege(%s, 'CREATE')"
    if len(tables) == 1 and history.query(asked, [history.schema]) != [(True,)]:
        lacking.append(("CREATE", f"SCHEMA {history.quoted_schema}"))
    return lacking, history.query("SELECT quote_ident(current_user)")[0][0]


def _of_mysql(history: History) -> typing.Tuple[_Rights, str]:
    """It looks at rights when a statement is prepared, wherever they come from; information_schema lacks those of roles."""
    backup = Backup(history)
    wanted = [(right, table) for table in (history.table, backup.table) for right in _ROWS]
    wanted += [] if backup.exists() else [("CREATE", backup.table)]
    lacking = [(right, table) for right, table in wanted if _is_denied(history, _PREPARED[right].format(table))]
    user, host = history.query("SELECT CURRENT_USER()")[0][0].rsplit("@", 1)
    return lacking, f"'{user}'@'{host}'"


def _is_denied(history: History, sql: str) -> bool:
    try:
        history.run("PREPARE migwizard_asks FROM %s", [sql])
        history.run("DEALLOCATE PREPARE migwizard_asks")
    except Error as error:
        return is_denied(error)  # else of a table that is not there yet, or of a connection that only reads
    return False
