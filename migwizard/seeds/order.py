"""What objects need of each other, as a graph: the order in which they can be made, and all that one of them needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from typing import Any, TypeVar

from migwizard.seeds.objects import KINDS, SchemaObject
from migwizard.seeds.verdicts import Thing

_NAMED = ("table", "view", "sequence", "function", "procedure", "aggregate", "type", "collation")
"""Kinds that other definitions call by their names."""

Key = TypeVar("Key")


def mentioned(thing: SchemaObject, final: Mapping[Thing, SchemaObject]) -> frozenset[Thing]:
    """What the text of a definition names, as far as words tell; for a function the database itself may not know it."""
    words = set(re.findall(r"\w+", thing.sql))
    return frozenset(
        item.thing
        for item in final.values()
        if item.kind in _NAMED and item.bare_name in words and item.thing != thing.thing
    )


def is_ahead(item: SchemaObject, final: Mapping[Thing, SchemaObject], before: Collection[Thing]) -> bool:
    """Whether an object is a function whose text is looked at, and names something that is not among what comes before."""
    return item.checked and not mentioned(item, final) <= set(before)


def unchecked(sql: str) -> str:
    """The statement that makes a function without a look at its text."""
    return f"SET check_function_bodies = off;\n{sql}\nRESET check_function_bodies;"


def needed(things: Iterable[Thing], final: Mapping[Thing, SchemaObject]) -> frozenset[Thing]:
    """All without which `things` cannot be made, `things` among them; what lazy functions name can come later."""
    found: set[Thing] = set()
    waiting = [thing for thing in things if thing in final]
    while waiting:
        thing = waiting.pop()
        if thing not in found:
            found.add(thing)
            waiting += (other for other in _needs(final[thing], final) if other in final)
    return frozenset(found)


def _needs(item: SchemaObject, final: Mapping[Thing, SchemaObject]) -> frozenset[Thing]:
    return item.needs | mentioned(item, final) if item.checked else item.needs


def in_order(items: Mapping[Key, Collection[Thing]], final: Mapping[Thing, SchemaObject]) -> list[Key]:
    """The keys of `items`, each of which stands for some things, so that what one needs stands before it.

    Otherwise kind by kind. What is only named gives way where it contradicts what is needed; where even that goes round
    in a circle, since one item stands for things of several places, the kinds alone decide.
    """
    if len(items) < 2:
        return list(items)
    homes = {thing: key for key, things in items.items() for thing in things}
    before: dict[Key, set[Key]] = {key: set() for key in items}
    for thing, key in homes.items():
        before[key] |= _homes(final[thing].needs if thing in final else (), homes) - {key}
    for thing, key in homes.items():
        for other in _homes(mentioned(final[thing], final) if thing in final else (), homes) - {key}:
            if key not in _all_before(other, before):
                before[key].add(other)
    rank = _rank(items, final)
    try:
        return _sorted(before, rank)
    except CycleError:
        return sorted(items, key=rank)


def _homes(things: Iterable[Thing], homes: Mapping[Thing, Key]) -> set[Key]:
    return {homes[thing] for thing in things if thing in homes}


def _all_before(key: Key, before: Mapping[Key, Collection[Key]]) -> set[Key]:
    """All that has to stand before a key, directly or not."""
    found, waiting = set[Key](), [*before[key]]
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += before[other]
    return found


def _sorted(before: Mapping[Key, Collection[Key]], rank: Callable[[Key], Any]) -> list[Key]:
    """The keys, each behind those before it, and of those that are free the one of the lowest rank. Raises CycleError."""
    place = {key: number for number, key in enumerate(before)}
    sorter = TopologicalSorter(before)
    sorter.prepare()
    found: list[Key] = []
    free: list[tuple[Any, int, Key]] = []
    while sorter.is_active():
        for key in sorter.get_ready():
            heappush(free, (rank(key), place[key], key))
        found.append(heappop(free)[-1])
        sorter.done(found[-1])
    return found


def _rank(items: Mapping[Key, Collection[Thing]], final: Mapping[Thing, SchemaObject]) -> Callable[[Key], Any]:
    """By the first thing that a key stands for: its kind, its place among those of its kind, its name."""

    def place(thing: Thing) -> tuple[int, int, str]:
        return KINDS.index(thing[0]), final[thing].order if thing in final else 0, thing[1]

    return lambda key: min(map(place, items[key]))
