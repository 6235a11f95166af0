"""Where the objects that only SQL makes stand among the seeds of a new history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migwizard.seeds.compose import Content
from migwizard.seeds.groups import Item
from migwizard.seeds.objects import SchemaObject
from migwizard.seeds.order import in_order, mentioned
from migwizard.seeds.verdicts import Judged, Thing

Pair = tuple[Item, Content]
"""What stands in a seed file, and its text."""

AFTER_ROWS = ("trigger", "event", "event trigger", "counter", "contents")
"""What would do something to the rows, or must be done to all of them."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """An operation that comes along and changes tables which others make."""

    number: int
    """Its place among the operations of the old history."""
    tables: frozenset[str]
    place: int
    """Its place among the seeds."""


def altered_tables(judged: Judged) -> frozenset[str]:
    """The tables that the models alone would not bring as an operation leaves them, and that somebody else makes."""
    changed = {(kind, name) for action, kind, name, _ in judged.facts["schema"] if action == "changed"}
    return frozenset(name for kind, name in changed.intersection(judged.things) if kind == "table")


def placed(
    things: Mapping[Thing, Pair],
    seeds: Sequence[Pair],
    alterations: Sequence[Alteration],
    made_at: Mapping[Thing, int],
    final: Mapping[Thing, SchemaObject],
) -> list[Pair]:
    """Objects, then the seeds as they ran, then triggers and counters; an object comes behind an alteration it needs.

    `made_at` are the places in the old history of operations that come along as they were: what is altered later they
    need not. A definition from the catalogue is that of the end, so that it may need every alteration.
    """
    ordered = _in_order(things, final)
    last: set[Thing] = set()
    for thing in ordered:
        if thing[0] in AFTER_ROWS or (thing in final and not final[thing].needs.isdisjoint(last)):
            last.add(thing)
    first = {thing: pair for thing, pair in ordered.items() if thing not in last}
    behind = _behind(first, alterations, made_at, final) if alterations else {}
    result = [pair for pair in first.values() if id(pair[0]) not in behind]
    for place, seed in enumerate(seeds):
        result.append(seed)
        result += [pair for pair in first.values() if behind.get(id(pair[0])) == place]
    return _once([*result, *(pair for thing, pair in ordered.items() if thing not in first)])


def _behind(
    things: Mapping[Thing, Pair],
    alterations: Sequence[Alteration],
    made_at: Mapping[Thing, int],
    final: Mapping[Thing, SchemaObject],
) -> dict[int, int]:
    """The place of the last seed that an item (by its id) needs, be it only through another object."""
    needs = {thing: {final[thing].table} | tables_before(final[thing], final) for thing in things if thing in final}
    found: dict[int, int] = {}
    changed = True
    while changed:
        changed = False
        for thing, tables in needs.items():
            item, until = id(things[thing][0]), made_at.get(thing)
            altered = [
                each.place for each in alterations if each.tables & tables and (until is None or each.number < until)
            ]
            through = [found.get(id(pair[0]), -1) for other, pair in things.items() if other[1] in tables]
            place = max((*altered, *through), default=-1)
            if place > found.get(item, -1):
                found[item], changed = place, True
    return found


def _in_order(things: Mapping[Thing, Pair], final: Mapping[Thing, SchemaObject]) -> dict[Thing, Pair]:
    """Kind by kind, and what needs another one after it; what one operation makes stays together."""
    items: dict[int, list[Thing]] = {}
    for thing, (item, _) in things.items():
        items.setdefault(id(item), []).append(thing)
    return {thing: things[thing] for key in in_order(items, final) for thing in items[key]}


def _once(pairs: Sequence[Pair]) -> list[Pair]:
    """Without repetitions: a RunSQL that makes several objects stands for all of them."""
    return list({id(item): (item, content) for item, content in pairs}.values())


def tables_before(thing: SchemaObject, final: Mapping[Thing, SchemaObject]) -> frozenset[str]:
    """The tables, views and the like that must be there before an object: those it needs, and those that it names."""
    return frozenset(final[other].table for other in thing.needs | mentioned(thing, final) if other in final)
