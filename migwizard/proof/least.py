"""The least that the new history must leave in a table which two runs of the old history fill with other numbers of rows.

Such a table follows the calendar or chance, so nobody can say what it holds tomorrow. But what both runs share comes from
neither, and a history that leaves less has lost rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass

from migwizard.proof.rank import PRESENT
from migwizard.proof.rowset import Row, Table


@dataclass(frozen=True, slots=True)
class Least:
    """One table in both runs of the old history and in the new one."""

    first: Table
    second: Table
    new: Table
    loose: Collection[str]
    """Foreign keys to rows that may have other numbers: of these only NULL or not NULL counts."""

    def lacking(self) -> tuple[Row, ...]:
        """The rows that both old runs have and the new one lacks, each with what these runs agree on.

        By key where keys agree. Where a new run numbers its rows anew, they are known by their values, unless these say
        less than the keys do.
        """
        if any(table.unreadable for table in (self.first, self.second, self.new)):
            return ()
        shared, without = self._by_values()
        by_key = self._by_key()
        if by_key is None or (not without and len(shared) >= by_key[0]):
            return tuple(without)
        return tuple(by_key[1])

    @property
    def is_nearly_empty(self) -> bool:
        """Whether most rows are gone, whatever they said."""
        return 2 * len(self.new.rows) < min(len(self.first.rows), len(self.second.rows))

    def _columns(self) -> list[str]:
        return sorted(self.first.columns & self.second.columns & self.new.columns)

    def _by_key(self) -> tuple[int, list[Row]] | None:
        """How many keys both old runs have, and the rows lacking among them; None where keys tell nothing."""
        tables = (self.first, self.second, self.new)
        firsts, seconds, news = ({row.key: row for row in table.rows} for table in tables)
        unique = all(
            len(found) == len(table.rows) for found, table in zip((firsts, seconds, news), tables, strict=True)
        )
        common = [key for key in firsts if key in seconds]
        if not unique or not common or len({table.key for table in tables}) > 1 or not self.first.key:
            return None
        lacking = []
        for key in common:
            steady = {
                column: cell
                for column in self._columns()
                if (cell := self._cell(column, firsts[key])) == self._cell(column, seconds[key])
            }
            there = news.get(key)
            if there is None or any(self._cell(column, there) != cell for column, cell in steady.items()):
                lacking.append(Row(key, _told(steady)))
        return len(common), lacking

    def _by_values(self) -> tuple[list[Row], list[Row]]:
        """The rows that both old runs have by their values, and those of them that the new one lacks."""
        own = set(self.first.key) - set(self.first.references)
        columns = [column for column in self._columns() if column not in own and self._is_steady(column)]
        first, second, new = (
            Counter(tuple(self._cell(column, row) for column in columns) for row in table.rows)
            for table in (self.first, self.second, self.new)
        )
        shared = first & second
        return list(_rows(shared, columns)), list(_rows(shared - new, columns))

    def _is_steady(self, column: str) -> bool:
        """Whether both old runs have a value in common."""
        first, second = ({self._cell(column, row) for row in table.rows} for table in (self.first, self.second))
        return not first.isdisjoint(second)

    def _cell(self, column: str, row: Row) -> Hashable:
        value = row.cells[column]
        return PRESENT if column in self.loose and value is not None else value


def _told(cells: dict[str, Hashable]) -> dict[str, Hashable]:
    return {column: cell for column, cell in cells.items() if cell is not PRESENT}


def _rows(found: Counter[tuple[Hashable, ...]], columns: Collection[str]) -> Iterator[Row]:
    return (Row((), _told(dict(zip(columns, cells, strict=True)))) for cells in found.elements())
