"""Which lines of two texts belong together: unique lines first, Myers' algorithm in the gaps.

difflib needs seconds for long files full of nearly equal lines, as generated migrations are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

Pair = tuple[int, int]

MOST_EDITS = 600
"""A gap that differs by more lines counts as rewritten as a whole; the search costs the square of this."""


def align(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Pairs (index in left, index in right) of equal lines, both rising."""
    pairs: list[Pair] = []
    stack = [(0, len(left), 0, len(right))]
    while stack:
        a, b, c, d = stack.pop()
        while a < b and c < d and left[a] == right[c]:
            pairs.append((a, c))
            a, c = a + 1, c + 1
        while a < b and c < d and left[b - 1] == right[d - 1]:
            b, d = b - 1, d - 1
            pairs.append((b, d))
        if a == b or c == d:
            continue
        anchors = _anchors(left, a, b, right, c, d)
        if not anchors:
            pairs += [(a + i, c + j) for i, j in _myers(left[a:b], right[c:d])]
            continue
        pairs += anchors
        edges = [(a - 1, c - 1), *anchors, (b, d)]
        stack += [(i + 1, k, j + 1, m) for (i, j), (k, m) in pairwise(edges)]
    return sorted(pairs)


def _anchors(left: Sequence[str], a: int, b: int, right: Sequence[str], c: int, d: int) -> list[Pair]:
    """Lines that stand once on each side, in the longest order that both sides share."""
    ours, theirs = Counter(left[a:b]), Counter(right[c:d])
    places = {right[j]: j for j in range(c, d) if theirs[right[j]] == 1}
    shared = [(i, places[left[i]]) for i in range(a, b) if ours[left[i]] == 1 and left[i] in places]
    ends: list[int] = []
    """Smallest place on the right in which a rising row of each length ends."""
    last: list[int] = []
    before = [-1] * len(shared)
    for number, (_, j) in enumerate(shared):
        length = bisect_left(ends, j)
        ends[length : length + 1] = [j]
        last[length : length + 1] = [number]
        before[number] = last[length - 1] if length else -1
    row, number = [], last[-1] if last else -1
    while number >= 0:
        row.append(shared[number])
        number = before[number]
    return row[::-1]


def _myers(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Equal lines along a shortest way of edits; none where it would be longer than MOST_EDITS."""
    rows, columns = len(left), len(right)
    far = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(rows + columns, MOST_EDITS) + 1):
        trace.append(dict(far))
        for k in range(-edits, edits + 1, 2):
            down = k == -edits or (k != edits and far[k - 1] < far[k + 1])
            i = far[k + 1] if down else far[k - 1] + 1
            while i < rows and 0 <= i - k < columns and left[i] == right[i - k]:
                i += 1
            far[k] = i
            if i >= rows and i - k >= columns:
                return _walk_back(trace, rows, columns)
    return []


def _walk_back(trace: Sequence[dict[int, int]], i: int, j: int) -> list[Pair]:
    """The equal lines on the way that `trace` found, from its end to its beginning."""
    pairs = []
    for edits in range(len(trace) - 1, -1, -1):
        far, k = trace[edits], i - j
        down = k == -edits or (k != edits and far[k - 1] < far[k + 1])
        start = far[k + 1] if down else far[k - 1]
        stop = start - (k + 1 if down else k - 1)
        while i > start and j > stop:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        i, j = start, stop
    return pairs
