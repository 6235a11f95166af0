"""What differs by itself between two runs of the same history: clocks, random keys, password hashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from migwizard.proof.rowset import Column, Key, Table


@dataclass(frozen=True, slots=True)
class Volatile:
    """Cells, columns and tables whose values two runs of the old history do not agree on; names in lower case."""

    cells: frozenset[tuple[str, Key, str]] = frozenset()
    """(table, key of the row, column), where only some rows have another value."""

    columns: frozenset[Column] = frozenset()
    """(table, column) where all values are volatile, or where the rows of both runs cannot be told by their keys.

    A key among them alone means that the rows were numbered anew.
    """

    tables: frozenset[str] = frozenset()
    """Tables with another number of rows in each run: only what both runs share can be asked for."""

    counters: frozenset[str] = frozenset()
    """Sequences of no primary key that count further in one run than in the other."""

    second: Mapping[str, Table] = field(default_factory=dict, compare=False, repr=False)
    """How the second run fills those `tables`."""

    @property
    def names(self) -> tuple[str, ...]:
        """`table.column` of everything volatile, and the `tables` and `counters`, sorted."""
        touched = self.columns | {(table, column) for table, _, column in self.cells}
        return tuple(sorted({f"{table}.{column}" for table, column in touched} | self.tables | self.counters))

    def holds(self, table: str, key: Key | None, column: str) -> bool:
        """Whether a cell is volatile; without a key, whether the whole column is."""
        return (table, column) in self.columns or (key is not None and (table, key, column) in self.cells)
