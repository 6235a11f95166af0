"""Ways through a cycle of apps: in which order the first files come, and what each order costs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from migwizard.plan.packing import Packer, PlanError

MOST_WAYS = 12
"""So many orders of one cycle are offered."""
_ALL_ORDERS = 4
"""Up to so many apps every order is tried, so that the best one is known."""
_EFFORT = 150_000
"""Operations times apps times orders: what a search may cost, so that big projects wait as little as small ones."""


@dataclass(frozen=True, slots=True)
class Way:
    """A packer that went through the cycle, and what that cost."""

    packer: Packer
    apps: tuple[str, ...]
    """In the order of their first files."""
    files: int
    waiting: frozenset[str]
    """Operations that are not in the first file that they could be in."""

    @property
    def cost(self) -> tuple[int, int]:
        """What waits confuses a reader more than a file."""
        return len(self.waiting), self.files


def go(packer: Packer, apps: Sequence[str], order: Sequence[str] = ()) -> Way:
    """Pack the cycle with a branch of `packer`. Raises OrderError, PlanError."""
    branch = packer.branch()
    branch.pack(apps, order)
    added = branch.batches[len(packer.batches) :]
    firsts = tuple(dict.fromkeys(app for app, _, _ in added))
    return Way(branch, firsts, len(added), frozenset(key for _, _, left in added for key in left))


@dataclass(frozen=True, slots=True)
class Search:
    """What was found."""

    ways: tuple[Way, ...]
    """Each begins with another app; the recommended one first."""
    complete: bool
    """Whether every order was tried, so that no other one has less that waits."""


def find_ways(packer: Packer, apps: Sequence[str]) -> Search:
    """The orders worth offering. Raises PlanError where there is none at all."""
    tries = _EFFORT // (len(apps) * sum(len(packer.remaining[app]) for app in apps) + 1)
    complete = len(apps) <= _ALL_ORDERS and tries >= math.factorial(_ALL_ORDERS)
    found: dict[str, Way] = {}
    trouble: PlanError | None = None
    for order in _orders(packer, apps, tries, complete):
        try:
            way = go(packer, apps, order)
        except PlanError as error:
            # Another order may do; where none does, the first one's sentence names the circle.
            trouble = trouble or error
            continue
        best = found.get(way.apps[0])
        # The first one tried wins a tie: the greedy order, then the alphabet.
        if best is None or way.cost < best.cost:
            found[way.apps[0]] = way
    if not found:
        assert trouble is not None
        raise trouble
    return Search(tuple(sorted(found.values(), key=lambda way: way.cost)), complete)


def _orders(packer: Packer, apps: Sequence[str], tries: int, complete: bool) -> Iterator[tuple[str, ...]]:
    """The orders to try: the greedy one, then every app first, and in small cycles all of them."""
    yield ()
    likely = sorted(apps, key=lambda app: (packer.blocked(app), app))
    yield from [(app,) for app in likely][: min(tries, MOST_WAYS)]
    if complete:
        yield from permutations(sorted(apps))
