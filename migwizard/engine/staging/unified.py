"""Diffs as text, for files and for everything that shows plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migwizard.engine.previews import DiffRow, StagedFile
from migwizard.engine.staging.aligning import align
from migwizard.engine.staging.diffing import GUARD, GUARD_DOES
from migwizard.engine.staging.waiting_lines import split_lines
from migwizard.words.counting import count

CONTEXT = 3
_SIGNS = {"equal": " ", "out": "-", "waits": "-", "in": "+"}

_Line = tuple[str, int, int, str]
"""Sign, number of the line on the left, on the right (0: none), text."""


def unified(old: str, new: str, old_name: str, new_name: str) -> str:
    """The changes from one text to another in the form of `diff -u`; empty where there are none."""
    left, right = split_lines(old), split_lines(new)
    lines: list[_Line] = []
    i = j = 0
    for pair in [*align(left, right), (len(left), len(right))]:
        lines += [("-", number + 1, 0, left[number]) for number in range(i, pair[0])]
        lines += [("+", 0, number + 1, right[number]) for number in range(j, pair[1])]
        if pair != (len(left), len(right)):
            lines.append((" ", pair[0] + 1, pair[1] + 1, left[pair[0]]))
        i, j = pair[0] + 1, pair[1] + 1
    return _text(lines, old_name, new_name)


def changed_lines(old: str, new: str) -> int:
    """How many lines of either text the other one lacks, a line that was rewritten counted once."""
    left, right = split_lines(old), split_lines(new)
    pairs = len(align(left, right))
    return max(len(left), len(right)) - pairs


def saved_diff(files: Sequence[StagedFile]) -> str:
    """The diffs of all files, with what waits in each above."""
    parts = []
    for file in files:
        name = f"{file.app}/{file.name}.py"
        notes = [
            f"# waits: {item.what}, returns in {item.returns_in}, level {item.returns_at}\n" for item in file.waiting
        ]
        if file.guard:
            notes.append(f"# {count(file.guard, 'line')}: {GUARD.partition(',')[0]}; {GUARD_DOES}\n")
        lines = [
            (_SIGNS[row.kind], row.left_number, row.right_number, _of(row)) for row in file.rows if row.kind in _SIGNS
        ]
        body = _text(lines, f"alone/{name}", f"written/{name}") or "# nothing differs\n"
        parts.append(f"# {name}, level {file.level}: {file.command}\n" + "".join(notes) + body)
    return "\n".join(parts)


def _of(row: DiffRow) -> str:
    return row.left if row.left_number else row.right


def _text(lines: Sequence[_Line], old_name: str, new_name: str) -> str:
    hunks = "".join(_hunk(lines, first, last) for first, last in _hunks(lines))
    return f"--- {old_name}\n+++ {new_name}\n{hunks}" if hunks else ""


def _hunks(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """Beginning and end of each stretch with changes and their context."""
    first = last = -1
    for number, (sign, *_) in enumerate(lines):
        if sign == " ":
            continue
        if last >= 0 and number - CONTEXT > last:
            yield first, last
            first = -1
        if first < 0:
            first = max(number - CONTEXT, last, 0)
        last = min(number + CONTEXT + 1, len(lines))
    if first >= 0:
        yield first, last


def _hunk(lines: Sequence[_Line], first: int, last: int) -> str:
    shown = lines[first:last]
    ranges = []
    for side, sign in ((1, "-"), (2, "+")):
        numbers = [int(line[side]) for line in shown if line[side]]
        before = max((int(line[side]) for line in lines[:first] if line[side]), default=0)
        ranges.append(f"{sign}{numbers[0] if numbers else before},{len(numbers)}")
    return f"@@ {' '.join(ranges)} @@\n" + "".join(f"{sign}{text}\n" for sign, _, _, text in shown)
