"""Which kills are tried: every durable write, and a seeded choice of everything else that can be met."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tests.chaos.killer import Order

Point = Mapping[str, Any]
"""A line of a trace: kind, number, label, phase, at."""
SHARES = {
    "event told": 4,
    "request asked or answered": 3,
    "file touched": 4,
    "guest at work": 5,
    "any time": 5,
    "guest killed": 5,
    "fork killed": 4,
    "both killed": 4,
    "disk full": 4,
}
"""How often each kind is taken, beside the kills at durable writes."""


NEEDED = {
    "disk full": "write",
    "event told": "told",
    "file touched": "touch",
    "request asked or answered": "asked",
    "guest at work": "asked",
    "guest killed": "asked",
    "fork killed": "asked",
    "both killed": "asked",
}
"""What has to happen for a kind to make sense: where nothing is written no disk is missed."""


def journaled(points: Sequence[Point]) -> list[Order]:
    """Before each durable write, inside of it, and after it where something else comes before the next one."""
    orders = []
    heard = [point for point in points if point["kind"] != "touch"]
    for point, following in pairwise([*heard, {"kind": "end"}]):
        if point["kind"] == "write":
            moments = ("before", "inside", *(("after",) if following["kind"] != "write" else ()))
            orders += [Order("write", point["number"], moment) for moment in moments]
    return orders


def others(points: Sequence[Point], chance: random.Random) -> Iterator[Order]:
    """Kills between the durable writes, kind by kind in the proportion of SHARES, without an end."""
    there = {point["kind"] for point in points}
    kinds = [
        kind for kind, share in SHARES.items() for _ in range(share) if kind not in NEEDED or NEEDED[kind] in there
    ]
    while True:
        chance.shuffle(kinds)
        for kind in kinds:
            yield _one(kind, points, chance)


def _one(kind: str, points: Sequence[Point], chance: random.Random) -> Order:
    if kind == "event told":
        return _at(points, ("told",), chance)
    if kind == "request asked or answered":
        return _at(points, ("asked", "answered"), chance)
    if kind == "file touched":
        return _at(points, ("touch",), chance)
    if kind == "guest at work":
        return _working(points, chance, "wizard")
    if kind == "any time":
        return anytime(points, chance)
    if kind == "disk full":
        point = chance.choice([point for point in points if point["kind"] == "write"])
        return Order("write", point["number"], target="disk")
    if kind == "both killed" and chance.random() < 0.5:
        return anytime(points, chance, "both")
    return _working(points, chance, kind.split()[0])


def _at(points: Sequence[Point], kinds: tuple[str, ...], chance: random.Random) -> Order:
    point = chance.choice([point for point in points if point["kind"] in kinds])
    return Order(point["kind"], point["number"])


def _working(points: Sequence[Point], chance: random.Random, target: str) -> Order:
    """While a request is answered: at a part of the time that its answer took."""
    heard = [point for point in points if point["kind"] in ("asked", "answered")]
    asked, answered = chance.choice([pair for pair in pairwise(heard) if pair[0]["kind"] == "asked"])
    delay = round((answered["at"] - asked["at"]) * chance.random(), 4)
    return Order("asked", asked["number"], delay=max(delay, 0.0001), target=target)


def anytime(points: Sequence[Point], chance: random.Random, target: str = "wizard") -> Order:
    """At any part of the time that the whole took."""
    return Order("clock", 1, delay=round(points[-1]["at"] * chance.random(), 4) + 0.0001, target=target)


def kind_of(order: Order) -> str:
    """The name of a kind of kill, as the table has it."""
    if order.target != "wizard":
        return "disk full" if order.target == "disk" else f"{order.target} killed"
    if order.kind == "write":
        return f"{order.moment} a durable write"
    if order.delay:
        return "any time" if order.kind == "clock" else "guest at work"
    return {"told": "event told", "touch": "file touched"}.get(order.kind, "request asked or answered")


def chosen(points: Sequence[Point], kills: int, seed: str) -> list[Order]:
    """So many kills: the durable writes, or as many of them as are two thirds, and others."""
    chance = random.Random(seed)
    writes = journaled(points)
    if len(writes) > kills * 2 // 3:
        # In their order, so that a small number of kills is spread over the whole.
        writes = [writes[at] for at in sorted(chance.sample(range(len(writes)), kills * 2 // 3))]
    more = others(points, chance)
    return [*writes, *(next(more) for _ in range(kills - len(writes)))]
