"""Finds the tables whose rows are the same in both databases but for their primary keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from migwizard.proof.rank import Colours, Frame, cell, colour, shape
from migwizard.proof.rowset import Database, Key, Row, Table
from migwizard.proof.volatile import Volatile


@dataclass(frozen=True, slots=True)
class Settled:
    """How the rows of two databases are to be told apart, and which tables are equal then."""

    frame: Frame
    colours: Colours
    renumbered: frozenset[str]
    """Equal but for their keys."""

    different: frozenset[str]
    """Not equal in any way."""


def settle(old: Database, new: Database, volatile: Volatile) -> Settled:
    """Compares by key first, and frees a table from its keys only when that makes it equal.

    A freed table takes along those that refer to it: their foreign keys are then compared by what the row is, not by its
    number. So numbers may be permuted only all together. A table that stays different is compared by its keys, and what
    it says about the rows of others does not count, or one changed row would make all its neighbours differ too.
    """
    shared = frozenset(old.tables) & frozenset(new.tables) - volatile.tables
    old, new = (Database({name: side.tables[name] for name in shared}) for side in (old, new))
    keyless = frozenset(name for name, table in old.tables.items() if _is_keyless(table, volatile))
    frame, colours = _free(Frame((old, new), volatile, free=keyless), shared)
    different = _unequal(frame, colours, frame.mute)
    if different != frame.mute:
        # A table was set aside and differs no more. It has its say again; if that does not fit, no number is forgiven.
        heard = replace(frame, mute=different)
        if _unequal(heard, colour(heard), shared - different):
            frame, colours = replace(frame, free=frozenset(), mute=shared), {}
            different = _unequal(frame, colours, shared)
    return Settled(frame, colours, _unequal(frame, colours, frame.free, by_keys=True), different)


def _free(frame: Frame, shared: frozenset[str]) -> tuple[Frame, Colours]:
    """Frees tables until the others are equal by key, and sets those aside that are not equal when free.

    Ends, since a table goes only from fixed to free to set aside.
    """
    while True:
        colours = colour(frame)
        grown = _unequal(frame, colours, shared - frame.free - frame.mute)
        if grown:
            frame = replace(frame, free=frame.free | grown)
            continue
        failing = _unequal(frame, colours, frame.free)
        if not failing:
            return frame, colours
        roots = _roots(frame, failing)
        frame = replace(frame, free=frame.free - roots, mute=frame.mute | roots)


def _unequal(frame: Frame, colours: Colours, tables: frozenset[str], *, by_keys: bool = False) -> frozenset[str]:
    """Those of `tables` that differ: free ones by colour, unless `by_keys`, the others by key."""
    return frozenset(
        table
        for table in tables
        if not (
            _equal_by_colour(frame, colours, table)
            if table in frame.free and not by_keys
            else equal_by_key(frame, colours, table)
        )
    )


def equal_by_key(frame: Frame, colours: Colours, table: str) -> bool:
    """Whether the rows of a table are equal key by key; without keys, as multisets."""
    pairs = by_key(frame, table)
    if pairs is None:
        return _equal_by_colour(frame, colours, table)
    return all(
        left is not None and right is not None and not any(changed_columns(frame, colours, table, left, right))
        for _, left, right in pairs
    )


def by_key(frame: Frame, table: str) -> list[tuple[Key, Row | None, Row | None]] | None:
    """The rows of both sides with the same key, in the order of the old side, then of the new one.

    None where keys do not tell rows apart: there are none, they are not the same columns, or they are volatile.
    """
    left, right = (side.tables[table] for side in frame.sides)
    olds, news = ({row.key: row for row in found.rows} for found in (left, right))
    told = left.key and left.key == right.key and len(olds) == len(left.rows) and len(news) == len(right.rows)
    if not told or _is_keyless(left, frame.volatile):
        return None
    return [(key, olds.get(key), news.get(key)) for key in dict.fromkeys([*olds, *news])]


def changed_columns(frame: Frame, colours: Colours, table: str, old: Row, new: Row) -> Iterator[str]:
    """The columns in which two rows with the same key differ."""
    for column in frame.columns(table):
        before = cell(frame, colours, 0, table, old, column, keyed=True)
        if before != cell(frame, colours, 1, table, new, column, keyed=True):
            yield column


def shapes(frame: Frame, colours: Colours, table: str) -> tuple[list[tuple[object, Row]], list[tuple[object, Row]]]:
    """Every row of both sides with its shape."""
    old, new = (
        [(shape(frame, colours, side, table, row), row) for row in frame.sides[side].tables[table].rows]
        for side in (0, 1)
    )
    return old, new


def _equal_by_colour(frame: Frame, colours: Colours, table: str) -> bool:
    """Whether a free table has the same rows by colour, any other by shape, each as often."""
    if table in frame.free:
        old, new = (
            Counter(colours[side, table, place] for place in range(len(frame.sides[side].tables[table].rows)))
            for side in (0, 1)
        )
        return old == new
    left, right = shapes(frame, colours, table)
    return Counter(told for told, _ in left) == Counter(told for told, _ in right)


def _roots(frame: Frame, failing: frozenset[str]) -> frozenset[str]:
    """The failing tables to blame; at least one.

    Those that differ even when the other failing ones say nothing. If there are none, rows changed places while the
    references to them stayed: then those that refer to others and are not referred to.
    """
    alone = replace(frame, mute=frame.mute | failing)
    colours = colour(alone)
    own = _unequal(alone, colours, failing)
    referred = {
        target
        for side in frame.sides
        for table in failing
        for target, _ in side.tables[table].references.values()
        if target != table
    }
    return own or failing - referred or failing


def _is_keyless(table: Table, volatile: Volatile) -> bool:
    """Whether the keys of a table are volatile themselves."""
    return any((table.name, column) in volatile.columns for column in table.key)
