"""Rows of tables that no model stands for, or whose values no model can write: plain SQL with parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_CHECKS = '        "SET foreign_key_checks = {}",\n'


@dataclass(frozen=True, slots=True)
class RawTable:
    """Rows as the database stores them; each value is Python source. Without `pk` a row is known by all its values."""

    table: str
    columns: tuple[str, ...]
    pk: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    stays: bool = False
    """Going back leaves the rows, since rows that stay point to them."""
    counted: tuple[str, ...] = ()
    """Columns that a sequence of PostgreSQL numbers: it must go on behind these rows."""
    any_order: bool = False
    """Rows point to rows that come later, and the engine, MySQL, looks at once."""
    mark: str = '"'
    """What names are put into: MySQL knows double quotes only where its mode is another one than usual."""

    def quoted(self, name: str) -> str:
        """A name in SQL; a percent sign is doubled, since these statements have parameters."""
        return self.mark + name.replace(self.mark, self.mark * 2).replace("%", "%%") + self.mark


def raw_rows(table: RawTable) -> str:
    """A RunSQL that inserts the rows and, backwards, deletes exactly these unless they stay, as source."""
    columns = ", ".join(map(table.quoted, table.columns))
    insert = f"INSERT INTO {table.quoted(table.table)} ({columns}) VALUES ({', '.join(['%s'] * len(table.columns))})"
    forwards = "".join(f"        ({insert!r}, [{', '.join(row)}]),\n" for row in table.rows)
    forwards += "".join(f"        {_count_on(table.table, column)!r},\n" for column in table.counted)
    backwards = "".join(f"        {_delete(table, row)},\n" for row in reversed(table.rows))
    if table.any_order:
        forwards, backwards = (f"{_CHECKS.format(0)}{lines}{_CHECKS.format(1)}" for lines in (forwards, backwards))
    reverse = "migrations.RunSQL.noop" if table.stays else f"[\n{backwards}    ]"
    return (
        f"migrations.RunSQL(\n    sql=[\n{forwards}    ],\n    reverse_sql={reverse},\n)"
        if table.rows
        else "migrations.RunSQL(migrations.RunSQL.noop, migrations.RunSQL.noop)"
    )


def _count_on(table: str, column: str) -> str:
    name, text = '"' + table.replace('"', '""') + '"', column.replace('"', '""')
    owner, owned = name.replace("'", "''"), column.replace("'", "''")
    return f"SELECT setval(pg_get_serial_sequence('{owner}', '{owned}'), max(\"{text}\")) FROM {name}"


def _delete(table: RawTable, row: Sequence[str]) -> str:
    known = [(column, value) for column, value in zip(table.columns, row, strict=True) if column in table.pk]
    told = known or list(zip(table.columns, row, strict=True))
    tests = [f"{table.quoted(column)} {'IS NULL' if value == 'None' else '= %s'}" for column, value in told]
    values = ", ".join(value for _, value in told if value != "None")
    statement = f"DELETE FROM {table.quoted(table.table)} WHERE {' AND '.join(tests)}"
    return f"({statement!r}, [{values}])"
