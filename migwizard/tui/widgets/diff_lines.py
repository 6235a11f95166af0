"""How the rows of a diff become lines of a screen: one below the other, or old and new side by side; equal blocks folded.

Pure: it knows neither colours nor widths.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from migwizard.engine.previews import DiffRow

CONTEXT = 2
"""Equal lines that stay around every difference."""
LEAST = 4
"""Fewer equal lines are not worth folding."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One line: a row, two rows side by side, or a folded block."""

    row: int
    """Number of the row that stands here, on the left where there are two sides; -1: the left side is empty."""
    right: int = -1
    """Number of the row on the right, where there are two sides."""
    hidden: int = 0
    """How many rows of one kind, from `row` on, are folded here."""
    heads: bool = False
    """The first of the lines that wait together: on the right it says where they return."""

    @property
    def anchor(self) -> int:
        return self.row if self.row >= 0 else self.right

    def holds(self, row: int) -> bool:
        """Whether a row stands here, or is folded here."""
        if self.hidden:
            return self.row <= row < self.row + self.hidden
        return row in (self.row, self.right)


def one_below_other(rows: Sequence[DiffRow], opened: Collection[int]) -> list[Shown]:
    """Every row in a line of its own. `opened` are the first rows of blocks that are not folded."""
    return [Shown(row, hidden=hidden) for row, hidden in _folded(rows, opened)]


def side_by_side(rows: Sequence[DiffRow], opened: Collection[int]) -> list[Shown]:
    """Both sides in one line: what goes out beside what comes in, what waits beside where it returns."""
    found: list[Shown] = []
    out: list[int] = []
    into: list[int] = []

    def flush() -> None:
        for place in range(max(len(out), len(into))):
            row = out[place] if place < len(out) else -1
            found.append(Shown(row, into[place] if place < len(into) else -1))
        out.clear()
        into.clear()

    for row, hidden in _folded(rows, opened):
        kind = rows[row].kind
        if kind == "out" and not into and not hidden:
            out.append(row)
        elif kind == "in" and not hidden:
            into.append(row)
        else:
            flush()
            if hidden:
                found.append(Shown(row, hidden=hidden))
            elif kind == "out":
                out.append(row)
            elif kind == "waits":
                found.append(Shown(row, heads=begins_waiting(rows, row)))
            elif kind == "equal":
                found.append(Shown(row, row))
            elif not row or rows[row - 1].kind != "waits":
                found.append(Shown(-1, row))
    flush()
    return found


def begins_waiting(rows: Sequence[DiffRow], row: int) -> bool:
    """Whether something begins to wait here that does not belong to the line above."""
    if rows[row].kind == "returns":
        return not row or rows[row - 1].kind != "waits"
    return rows[row].kind == "waits" and (
        not row or rows[row - 1].kind != "waits" or rows[row - 1].target != rows[row].target
    )


def waiting_places(rows: Sequence[DiffRow]) -> list[int]:
    """The rows at which something begins to wait."""
    return [row for row in range(len(rows)) if begins_waiting(rows, row)]


def _same(rows: Sequence[DiffRow], place: int) -> int:
    """The end of the block that may be folded, which begins at `place`: equal rows, or new ones with the same note."""
    first = rows[place]
    if first.kind != "equal" and not (first.kind == "in" and first.note):
        return place
    end = place
    while end < len(rows) and rows[end].kind == first.kind and (first.kind == "equal" or rows[end].note == first.note):
        end += 1
    return end


def _folded(rows: Sequence[DiffRow], opened: Collection[int]) -> Iterator[tuple[int, int]]:
    """(row, 0) for each row that is shown, (first row, count) for each folded block."""
    place = 0
    while place < len(rows):
        end = _same(rows, place)
        context = CONTEXT if rows[place].kind == "equal" else 0
        first = place + context if place else 0
        last = end - context if end < len(rows) else end
        if last - first >= LEAST and first not in opened:
            yield from ((row, 0) for row in range(place, first))
            yield first, last - first
            yield from ((row, 0) for row in range(last, end))
        else:
            yield from ((row, 0) for row in range(place, max(end, place + 1)))
        place = max(end, place + 1)


def folds(shown: Sequence[Shown]) -> list[int]:
    """The first rows of the blocks that are folded."""
    return [line.row for line in shown if line.hidden]
