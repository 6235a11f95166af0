"""From what makemigrations would write alone, and what was written, to the rows of a diff.

A part that waits stands where the literal text has it. So the lines that wait are taken out first, by what the syntax
tree says of them, and only the rest is compared: literal - waiting - out + in = written, whatever the comparison finds.
"""

from __future__ import annotations

from collections.abc import Sequence

from migwizard.engine.previews import DiffRow, Waiting
from migwizard.engine.staging.aligning import align
from migwizard.engine.staging.waiting_lines import outline, split_lines, waiting_lines
from migwizard.seeds.guard import CannotGuardError, remove_guard

GUARD = "our guard, which stops migrate before the switch"
GUARD_DOES = (
    "it stops a plain migrate, before it writes a row, on a database that still records the old names. Empty and switched "
    "databases pass."
)


def diff_rows(literal: Sequence[tuple[str, str]], written: str, waiting: Sequence[Waiting]) -> tuple[DiffRow, ...]:
    """The rows of one file. `literal` holds (name, text) of each migration that makemigrations would write for it."""
    left, owners, notes, located = _left(literal, written, waiting)
    right = split_lines(written)
    kept = [number for number in range(len(left)) if number not in owners]
    pairs = _together(align([left[number] for number in kept], right), kept, left)
    rows = _Rows(left, right, owners, waiting, notes, _guard_lines(written, right))
    for i, j in pairs:
        rows.upto(kept[i], j)
        rows.equal()
    rows.upto(len(left), len(right))
    return (*rows.done, *_without_line(waiting, located))


def _together(pairs: Sequence[tuple[int, int]], kept: Sequence[int], left: Sequence[str]) -> list[tuple[int, int]]:
    """The same pairs, but lines that go out are not torn apart by what waits between them, where that is a choice."""
    moved: list[tuple[int, int]] = []
    after = 0
    for i, j in pairs:
        torn = i > after and kept[i - 1] - kept[after] != i - 1 - after
        if torn and left[kept[after]] == left[kept[i]] and kept[i] - kept[after + 1] == i - after - 1:
            moved.append((after, j))
        else:
            moved.append((i, j))
        after = i + 1
    return moved


def _left(
    literal: Sequence[tuple[str, str]], written: str, waiting: Sequence[Waiting]
) -> tuple[list[str], dict[int, int], dict[int, str], set[str]]:
    """All literal lines, the owners of those that wait, notes by line, and the parts that have lines."""
    lines: list[str] = []
    owners: dict[int, int] = {}
    notes: dict[int, str] = {}
    located: set[str] = set()
    kept = outline(written)
    for name, text in literal:
        found, parts = waiting_lines(text, waiting, kept)
        if lines:
            notes[len(lines)] = f"makemigrations would begin another file here: {name}"
        owners.update((len(lines) + line, owner) for line, owner in found.items())
        located |= parts
        lines += split_lines(text)
    return lines, owners, notes, located


def _guard_lines(written: str, right: Sequence[str]) -> set[int]:
    """The lines of a written text that our guard added."""
    try:
        plain = split_lines(remove_guard(written))
    except CannotGuardError:
        return set()
    if len(plain) == len(right):
        return set()
    return set(range(len(right))) - {j for _, j in align(plain, right)}


def returns(item: Waiting) -> str:
    """Where something that waits comes back, in words."""
    return f"returns in {item.returns_in}, level {item.returns_at}"


def _without_line(waiting: Sequence[Waiting], located: set[str]) -> list[DiffRow]:
    """A row for each part that waits and has no line of its own in the literal text."""
    rows = []
    for item in waiting:
        lost = [part for part in item.parts if part not in located]
        if lost:
            note = f"{item.what} has no line of its own here; {returns(item)}"
            rows.append(DiffRow("returns", 0, "", 0, "", note, item.returns_in, item.what))
    return rows


class _Rows:
    """The rows so far, and how far both sides are in them."""

    def __init__(
        self,
        left: Sequence[str],
        right: Sequence[str],
        owners: dict[int, int],
        waiting: Sequence[Waiting],
        notes: dict[int, str],
        guard: set[int],
    ) -> None:
        self.left, self.right, self.owners, self.waiting = left, right, owners, waiting
        self.notes, self.guard = notes, guard
        self.i = self.j = 0
        self.open: Waiting | None = None
        """What waits in the row before, so that its return is named once, after its last line."""
        self.done: list[DiffRow] = []

    def equal(self) -> None:
        note = self.notes.get(self.i, "")
        self.done.append(DiffRow("equal", self.i + 1, self.left[self.i], self.j + 1, self.right[self.j], note))
        self.i, self.j = self.i + 1, self.j + 1

    def upto(self, i: int, j: int) -> None:
        """Everything before the next pair: what waits or goes in its place, then what comes."""
        while self.i < i:
            owner = self.owners.get(self.i)
            item = None if owner is None else self.waiting[owner]
            self._follow(item)
            number, text = self.i + 1, self.left[self.i]
            if item is None:
                # A guarded file is no initial one to Django, see `seeds.guard`.
                guarded = GUARD if self.guard and text == "    initial = True" else ""
                self.done.append(DiffRow("out", number, text, 0, "", self.notes.get(self.i, guarded)))
            else:
                self.done.append(DiffRow("waits", number, text, 0, "", returns(item), item.returns_in, item.what))
            self.i += 1
        self._follow(None)
        while self.j < j:
            note = GUARD if self.j in self.guard else ""
            self.done.append(DiffRow("in", 0, "", self.j + 1, self.right[self.j], note))
            self.j += 1

    def _follow(self, item: Waiting | None) -> None:
        """Say where the row before returns, unless the next one returns there too."""
        if self.open and (
            item is None or (item.returns_in, item.returns_at) != (self.open.returns_in, self.open.returns_at)
        ):
            place, what = self.open.returns_in, self.open.what
            self.done.append(DiffRow("returns", 0, "", 0, "", returns(self.open), place, what))
        self.open = item
