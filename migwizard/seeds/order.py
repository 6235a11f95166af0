"""What objects need of each other, as a graph: the order in which they can be made, and all that one of them needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from migwizard.seeds.objects import KINDS, SchemaObject
from migwizard.seeds.verdicts import Thing

if TYPE_CHECKING:
    import networkx as nx

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
    import networkx as nx

    homes = {thing: key for key, things in items.items() for thing in things}
    graph: nx.DiGraph[Key] = nx.DiGraph()
    graph.add_nodes_from(items)
    for thing, key in homes.items():
        _point(graph, key, (homes.get(other) for other in final[thing].needs) if thing in final else ())
    for thing, key in homes.items():
        named = mentioned(final[thing], final) if thing in final else ()
        for other in {homes[each] for each in named if each in homes} - {key}:
            if not nx.has_path(graph, key, other):
                graph.add_edge(other, key)
    rank = _rank(items, final)
    if not nx.is_directed_acyclic_graph(graph):
        return sorted(items, key=rank)
    return list(nx.lexicographical_topological_sort(graph, key=rank))


def _point(graph: nx.DiGraph[Key], key: Key, others: Iterable[Key | None]) -> None:
    for other in others:
        if other is not None and other != key:
            graph.add_edge(other, key)


def _rank(items: Mapping[Key, Collection[Thing]], final: Mapping[Thing, SchemaObject]) -> Callable[[Key], Any]:
    """By the first thing that a key stands for: its kind, its place among those of its kind, its name."""

    def place(thing: Thing) -> tuple[int, int, str]:
        return KINDS.index(thing[0]), final[thing].order if thing in final else 0, thing[1]

    return lambda key: min(map(place, items[key]))
