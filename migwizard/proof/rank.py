"""Rows without their primary keys: colour refinement over the foreign keys.

A row whose key says nothing is known by its values, by the rows that it refers to and by the rows that refer to it.
Its colour, the number of its class, starts from its values and is refined along the foreign keys until stable. The rows
of both databases are coloured together, so that equal colours mean equal rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from migwizard.proof.rowset import Column, Database, Row
from migwizard.proof.volatile import Volatile

PRESENT = ("$present",)
"""What is left of a value of which only NULL or not NULL counts."""

Node = tuple[int, str, int]
"""Side (0 old, 1 new), table, place of the row among the rows of its table."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is compared, and how far keys are trusted."""

    sides: tuple[Database, Database]
    volatile: Volatile
    free: frozenset[str] = frozenset()
    """Tables whose rows are known by their colours; the others are known by their keys."""

    mute: frozenset[str] = frozenset()
    """Tables that differ by themselves: what they say about other rows does not count."""

    def columns(self, table: str) -> list[str]:
        """The columns that both sides have, sorted."""
        return sorted(self.sides[0].tables[table].columns & self.sides[1].tables[table].columns)

    def free_target(self, side: int, table: str, column: str) -> Column | None:
        """Where a foreign key leads to, if the rows there are known by their colours.

        A volatile foreign key is followed only where its values are volatile because the keys of its target are.
        """
        target = self.sides[side].tables[table].references.get(column)
        if target is None or target[0] not in self.free:
            return None
        follows = not self.volatile.holds(table, None, column) or self.volatile.holds(target[0], None, target[1])
        return target if follows else None


Colours = Mapping[Node, int]


def colour(frame: Frame) -> Colours:
    """The stable colours of all rows of the free tables."""
    ahead, behind, fixed = _edges(frame)
    start: dict[Node, Hashable] = {
        node: (node[1], _own_values(frame, node), fixed.get(node))
        for side in (0, 1)
        for table in frame.free
        for node in _nodes(frame, side, table)
    }
    colours, count = _intern(start)
    while True:
        signatures: dict[Node, Hashable] = {
            node: (
                own,
                tuple((column, colours[target]) for column, target in ahead.get(node, ())),
                _multiset((column, colours[source]) for column, source in behind.get(node, ())),
            )
            for node, own in colours.items()
        }
        colours, refined = _intern(signatures)
        if refined == count:
            return colours
        count = refined


def cell(frame: Frame, colours: Colours, side: int, table: str, row: Row, column: str, *, keyed: bool) -> Hashable:
    """A value as it counts: the colour of the row that it refers to, or PRESENT where volatile, or itself.

    Without `keyed` a cell counts as volatile only when its whole column is: the key of the row says nothing then, and
    to overlook a column for the sake of one cell would hide what changed in the others.
    """
    value = row.cells[column]
    if value is None:
        return None
    masked = frame.volatile.holds(table, row.key if keyed else None, column)
    target = frame.free_target(side, table, column)
    if target is not None and (not masked or frame.volatile.holds(target[0], None, target[1])):
        place = frame.sides[side].target(target, value)
        if place is not None:
            return ("$colour", colours[side, target[0], place])
    return PRESENT if masked else value


def shape(frame: Frame, colours: Colours, side: int, table: str, row: Row) -> Hashable:
    """A whole row without its own key, as it counts."""
    return tuple(
        cell(frame, colours, side, table, row, column, keyed=False) for column in _told_columns(frame, side, table)
    )


def _told_columns(frame: Frame, side: int, table: str) -> list[str]:
    """All columns but a key of its own; a key that is also a foreign key tells something."""
    found = frame.sides[side].tables[table]
    return [column for column in frame.columns(table) if column not in found.key or column in found.references]


def _nodes(frame: Frame, side: int, table: str) -> Iterator[Node]:
    return ((side, table, place) for place in range(len(frame.sides[side].tables[table].rows)))


def _own_values(frame: Frame, node: Node) -> Hashable:
    """The values of a row; of a foreign key to a free table only whether it is NULL or leads nowhere."""
    side, table, place = node
    row = frame.sides[side].tables[table].rows[place]
    values: list[Hashable] = []
    for column in _told_columns(frame, side, table):
        target = frame.free_target(side, table, column)
        led = target is not None and frame.sides[side].target(target, row.cells[column]) is not None
        values.append(PRESENT if led else cell(frame, {}, side, table, row, column, keyed=False))
    return tuple(values)


Links = dict[Node, list[tuple[str, Node]]]


def _edges(frame: Frame) -> tuple[Links, Links, dict[Node, Hashable]]:
    """The foreign keys to free rows: ahead, behind, and for rows known by key what they say of their targets."""
    ahead: Links = defaultdict(list)
    behind: Links = defaultdict(list)
    fixed: dict[Node, list[Hashable]] = defaultdict(list)
    for source, column, target in _links(frame):
        if source[1] in frame.free:
            if target[1] not in frame.mute:
                ahead[source].append((column, target))
            if source[1] not in frame.mute:
                behind[target].append((f"{source[1]}.{column}", source))
        elif source[1] not in frame.mute:
            key = frame.sides[source[0]].tables[source[1]].rows[source[2]].key
            fixed[target].append((source[1], column, key))
    return ahead, behind, {node: _multiset(iter(said)) for node, said in fixed.items()}


def _links(frame: Frame) -> Iterator[tuple[Node, str, Node]]:
    """Every foreign key value that leads to a row of a free table: source row, column, target row."""
    for side in (0, 1):
        for name, table in frame.sides[side].tables.items():
            if name not in frame.sides[1 - side].tables:
                continue
            common = frame.columns(name)
            for column in table.references:
                target = frame.free_target(side, name, column)
                if target is None or column not in common:
                    continue
                for place, row in enumerate(table.rows):
                    found = frame.sides[side].target(target, row.cells[column])
                    if found is not None:
                        yield (side, name, place), column, (side, target[0], found)


def _multiset(items: Iterator[Hashable]) -> Hashable:
    return frozenset(Counter(items).items())


def _intern(signatures: Mapping[Node, Hashable]) -> tuple[dict[Node, int], int]:
    """A number for each different signature, and how many there are."""
    numbers: dict[Hashable, int] = {}
    colours = {node: numbers.setdefault(signature, len(numbers)) for node, signature in signatures.items()}
    return colours, len(numbers)
