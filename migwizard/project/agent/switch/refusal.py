"""What the switch says where it does nothing."""

from __future__ import annotations

import typing

from .words import Facts

_DENIED = (1044, 1142, 1143, 1227)  # numbers of MySQL and MariaDB, for a database, a table, a column, anything else


class SwitchError(Exception):
    """A refusal. `code` is stable, `sentence` is for people, `details` for programs. The database is unchanged."""

    def __init__(self, code: str, sentence: str, details: typing.Optional[Facts] = None) -> None:
        self.code = code
        self.reason = sentence
        self.sentence = f"{sentence} Nothing was changed."
        self.details = details or {}
        super().__init__(f"{self.sentence} ({code})")


def sql_state(error: Exception) -> typing.Any:
    """The five characters with which PostgreSQL says what went wrong; None elsewhere."""
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)


def is_denied(error: Exception) -> bool:
    """Did the server say that the user has no right to do this?"""
    return sql_state(error) == "42501" or error.args[:1] in [(number,) for number in _DENIED]


def said_by_server(error: Exception) -> str:
    """What it says in one line, without a full stop and the statement that PostgreSQL quotes."""
    return " ".join(str(error).partition("\nLINE ")[0].split()).rstrip(".")


def refused_by_server(where: object, error: Exception) -> SwitchError:
    """What the server says by itself, of a right that is lacking, a replica that only reads, a connection that broke."""
    cure = " Do it as the user who owns the tables, or let that one grant the right." if is_denied(error) else ""
    return SwitchError("database", f"Database {where}: {said_by_server(error)}.{cure}")
