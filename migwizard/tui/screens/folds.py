"""Long lists by group: what needs a person stands open and first, the rest is folded behind one row a group."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from migwizard.tui.widgets.rows import RowTable

Item = TypeVar("Item")
GROUP = "group:"
"""Before the name of a group, in the key of its row."""


@dataclass(frozen=True, slots=True)
class Fold(Generic[Item]):
    """One row: a group with all of its items, or an item."""

    key: str
    group: str
    items: tuple[Item, ...]
    is_group: bool


def folded(
    items: Iterable[Item],
    *,
    key: Callable[[Item], str],
    group: Callable[[Item], str],
    first: Callable[[Item], bool],
    unfolded: Collection[str],
    least: int,
) -> list[Fold[Item]]:
    """The rows of a list: those that are `first`, then groups; flat where there are fewer than `least` items."""
    known = list(items)
    urgent = [item for item in known if first(item)]
    rest = [item for item in known if not first(item)]
    rows = [Fold(key(item), "", (item,), False) for item in urgent]
    if len(known) < least:
        return rows + [Fold(key(item), "", (item,), False) for item in rest]
    groups: dict[str, list[Item]] = {}
    for item in rest:
        groups.setdefault(group(item), []).append(item)
    for name, members in groups.items():
        rows.append(Fold(f"{GROUP}{name}", name, tuple(members), True))
        if name in unfolded:
            rows += [Fold(key(item), name, (item,), False) for item in members]
    return rows


def turn(table: RowTable, folds: Iterable[Fold[Any]], here: str, unfolded: set[str], fill: Callable[[], None]) -> None:
    """Unfold the marked group, or that of the marked item (`here`), or fold it again, and fill the table anew.

    The mark stays where it was, or goes to the group. A list without groups stays as it is.
    """
    key = table.current
    name = key.removeprefix(GROUP) if key.startswith(GROUP) else here
    if not name or not any(fold.is_group for fold in folds):
        return
    unfolded ^= {name}
    fill()
    table.go_to(key if name in unfolded else f"{GROUP}{name}")
