"""How names are written and found in the catalogue of PostgreSQL: what every statement about it is made of."""

from __future__ import annotations

from typing import Any, Callable, Sequence, Tuple

Execute = Callable[[str], Sequence[Tuple[Any, ...]]]

BACKUP_TABLE = "migwizard_history_backup"

# Schemas of the system; temporary tables live in schemas of their own.
OWN = "{0}.nspname NOT IN ('pg_catalog', 'information_schema') AND {0}.nspname !~ '^pg_(toast|temp)'"
NOT_OF_EXTENSION = (
    "NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = '{0}'::regclass AND e.objid = {1} AND e.deptype = 'e')"
)
NAME = "CASE WHEN {0}.nspname = current_schema() THEN '' ELSE {0}.nspname || '.' END || {1}"


def quote(name: str) -> str:
    """A name as it goes into a statement; "schema.name" is two names."""
    return ".".join('"{}"'.format(part.replace('"', '""')) for part in name.split(".", 1))


def literal(text: str) -> str:
    """A string as it goes into a statement."""
    return "'{}'".format(text.replace("'", "''"))


def quote_column(name: str) -> str:
    """The name of a column, in which a dot is only a dot."""
    return '"{}"'.format(name.replace('"', '""'))
