"""How names are written and found in the catalogue of PostgreSQL: what every statement about it is made of."""

from __future__ import annotations

from typing import Any, Callable, Sequence, Tuple

Execute = Callable[[str], Sequence[Tuple[Any, ...]]]

BACKUP_TABLE = "migwizard_history_backup"
MARK_TABLE = "migwizard_scratch"
"""Says in an empty database that was given to us what was there before."""
OWN_TABLES = (BACKUP_TABLE, MARK_TABLE)

# Schemas of the system; temporary tables live in schemas of their own.
OWN = "{0}.nspname NOT IN ('pg_catalog', 'information_schema') AND {0}.nspname !~ '^pg_(toast|temp)'"
NOT_OF_EXTENSION = (
    "NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = '{0}'::regclass AND e.objid = {1} AND e.deptype = 'e')"
)
OF_ITSELF = NOT_OF_EXTENSION.replace("e.deptype = 'e'", "e.deptype IN ('e', 'i')")
"""Not of an extension, and not made by PostgreSQL for another object, as the functions that build a range."""
NAME = "CASE WHEN {0}.nspname = current_schema() THEN '' ELSE {0}.nspname || '.' END || {1}"
FIRST_OID = 16384
"""Smaller ones are of objects that every database has."""


def quote(name: str) -> str:
    """A name as it goes into a statement; "schema.name" is two names."""
    return ".".join('"{}"'.format(part.replace('"', '""')) for part in name.split(".", 1))


def literal(text: str) -> str:
    """A string as it goes into a statement."""
    return "'{}'".format(text.replace("'", "''"))


def quote_column(name: str) -> str:
    """The name of a column, in which a dot is only a dot."""
    return '"{}"'.format(name.replace('"', '""'))


def of_sequence(table: str, column: str, *statements: str) -> str:
    """A block that runs the statements, with `{}` in place of the sequence of a column: its name is made up."""
    owner = "pg_get_serial_sequence({}, {})".format(literal(quote(table)), literal(column))
    lines = ("    EXECUTE format({}, {});".format(literal(one.format("%s")), owner) for one in statements)
    return "DO $$ BEGIN\n{}\nEND $$;".format("\n".join(lines))
