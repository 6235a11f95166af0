"""Put seed items into files: one a file and app where that is possible, in the order in which they ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Item:
    """One or more operations of a seed file that stand together."""

    app: str
    touches: frozenset[str]
    """Tables it reads or writes."""
    writes: frozenset[str]
    ids: tuple[str, ...] = ()
    """Old operations that it stands for."""
    atomic: bool = True
    part: str = ""
    """Items of different parts never share a file: PostgreSQL alters no table that the same transaction wrote to, and
    MySQL commits a definition by itself, so that what fails beside it could not run again."""


@dataclass(slots=True)
class Group:
    """The items of one file, and the files that must come before it."""

    app: str
    atomic: bool
    part: str = ""
    items: list[Item] = field(default_factory=list)
    after: list[Group] = field(default_factory=list)

    def reaches(self, other: Group) -> bool:
        """Whether this file comes after `other`, directly or not."""
        seen: set[int] = set()
        waiting = list(self.after)
        while waiting:
            group = waiting.pop()
            if group is other:
                return True
            if id(group) not in seen:
                seen.add(id(group))
                waiting += group.after
        return False


def group(items: Sequence[Item]) -> tuple[Group, ...]:
    """Files in an order in which they can be applied; two items that meet in a table keep their order.

    An item joins the last file of its app unless a file that must come between forbids it.
    """
    groups: list[Group] = []
    latest: dict[str, Group] = {}
    for item in items:
        home = latest.get(item.app)
        needed = [other for other in groups if any(_meet(item, earlier) for earlier in other.items)]
        others = [other for other in needed if other is not home]
        alike = home is not None and (home.atomic, home.part) == (item.atomic, item.part)
        joins = home is not None and alike and not any(other.reaches(home) for other in others)
        if home is None or not joins:
            previous, home = home, Group(item.app, item.atomic, item.part)
            others += [previous] if previous is not None and previous not in others else []
            groups.append(home)
            latest[item.app] = home
        home.items.append(item)
        home.after += [other for other in others if other not in home.after]
    return _ordered(groups)


def _meet(item: Item, earlier: Item) -> bool:
    return bool(item.writes & earlier.touches or item.touches & earlier.writes)


def _ordered(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Files before those that come after them; the order of their making among the free ones."""
    done: list[Group] = []
    waiting = list(groups)
    while waiting:
        ready = next(group for group in waiting if all(any(other is d for d in done) for other in group.after))
        done.append(ready)
        waiting = [group for group in waiting if group is not ready]
    return tuple(done)
