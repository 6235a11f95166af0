"""How names are written and found in the catalogue of MySQL and MariaDB: what every statement about it is made of."""

from __future__ import annotations

import re
from typing import Any, Callable, List, Sequence, Tuple

Execute = Callable[[str], Sequence[Tuple[Any, ...]]]

BACKUP_TABLE = "migwizard_history_backup"
MARK_TABLE = "migwizard_scratch"
"""Says in an empty database that was given to us what was there before."""
RECORDER_TABLE = "django_migrations"

NAME = r"`((?:[^`]|``)*)`"
"""A quoted name in a pattern, as the server writes all names."""


def quote(name: str) -> str:
    """A name as it goes into a statement, in any SQL mode."""
    return "`{}`".format(name.replace("`", "``"))


def unquote(name: str) -> str:
    """What stands between the quotes of a name, as the name itself."""
    return name.replace("``", "`")


def literal(text: str) -> str:
    """A string as it goes into a statement, in any SQL mode: a backslash would mean one thing here and another there."""
    if "\\" in text:
        return "CONVERT(X'{}' USING utf8mb4)".format(text.encode().hex())
    return "'{}'".format(text.replace("'", "''"))


def names_in(text: str) -> List[str]:
    """All quoted names of a list such as the columns of an index."""
    return [unquote(name) for name in re.findall(NAME, text)]
