"""The order inside a file: every relation, index and constraint in its model's CreateModel, unless models need each other.

Django's optimizer folds operations by what stands beside them, so it leaves many relations outside although nothing
forbids them inside. Here models are sorted by what they need. Only in a strongly connected component of models something
must stay outside, a feedback arc set. The least is found by dynamic programming in small components (Held and Karp 1962),
and in large ones approached by moving each model to its best place in the order, as in the insertion heuristics for the
linear ordering problem (Laguna, Martí, Campos 1999).
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence

from migwizard.graph.components import components
from migwizard.plan.operations import Operation
from migwizard.plan.postpone import File
from migwizard.plan.rendering import Rendered

Unit = tuple[str, ...]

_FOLDED = frozenset(
    {"AddField", "AddIndex", "AddConstraint", "AlterUniqueTogether", "AlterIndexTogether", "AlterOrderWithRespectTo"}
)
"""What a CreateModel can hold itself."""
_EXACT = 9
"""Up to so many models that need each other, the cheapest order is found for certain."""
_ROUNDS = 20
"""So often a component of models is gone through at the most; it comes to rest much earlier."""


def order_units(operations: Sequence[Operation], rendered: Rendered) -> tuple[Unit, ...]:
    """The operations of one file in units, in an order in which they can run. `rendered` learns what they make.

    Raises no error for operations that need each other: they come at the end, as they stand.
    """
    by_id = {op.id: op for op in operations}
    heads = {op.of_model: op.id for op in operations if op.makes_model}
    inside = {
        op.id: heads[op.of_model]
        for op in operations
        if op.makes_model or (op.kind in _FOLDED and op.of_model in heads and not op.apart)
    }
    _leave_out(by_id, inside)
    units: dict[str, list[str]] = {}
    for op in operations:
        units.setdefault(inside.get(op.id, op.id), []).append(op.id)
    return tuple(tuple(units[key]) for key in _sorted(units, by_id, inside, rendered))


def predicted(files: Iterable[File], by_id: Mapping[str, Operation]) -> int:
    """How many model classes Django renders while it migrates these files, and nothing else, from zero.

    Counts relations, which cause nearly all of it; third parties and delayed renderings are left out.
    """
    rendered = Rendered({key: op.of_model for key, op in by_id.items() if op.makes_model})
    for file in files:
        order_units([by_id[key] for key in file.operations], rendered)
    return rendered.classes


def _leave_out(by_id: Mapping[str, Operation], inside: dict[str, str]) -> None:
    """Take operations out of their units (`inside` maps them to the CreateModel) until no units need each other."""
    while True:
        circles = [circle for circle in components(_needed(by_id, inside)) if len(circle) > 1]
        out = {key for circle in circles for key in _feedback(sorted(circle), by_id, inside)}
        if not out:
            return
        while out:
            for key in out:
                del inside[key]
            # An index on a field that comes later comes later too.
            out = {
                key
                for key, head in inside.items()
                if key != head
                and any(
                    need not in inside and by_id[need].of_model == by_id[key].of_model
                    for need in by_id[key].needs & by_id.keys()
                )
            }


def _needed(by_id: Mapping[str, Operation], inside: Mapping[str, str]) -> dict[str, set[str]]:
    """The other units that each unit needs."""
    needed: dict[str, set[str]] = {}
    for key, op in by_id.items():
        unit = inside.get(key, key)
        needed.setdefault(unit, set()).update(inside.get(need, need) for need in op.needs if need in by_id)
    for unit, others in needed.items():
        others.discard(unit)
    return needed


def _feedback(circle: Sequence[str], by_id: Mapping[str, Operation], inside: Mapping[str, str]) -> set[str]:
    """Operations that can leave their units so that the units of a circle can be ordered; none where nothing can leave."""
    members = set(circle)
    pulls: dict[tuple[str, str], list[Operation]] = {}
    for key, op in by_id.items():
        unit = inside.get(key, key)
        if unit in members:
            for need in op.needs & by_id.keys():
                other = inside.get(need, need)
                if other in members and other != unit:
                    pulls.setdefault((unit, other), []).append(op)
    price = {pair: _price(pair[0], ops) for pair, ops in pulls.items()}
    order = _cheapest(circle, price) if len(circle) <= _EXACT else _improved(list(circle), price)
    places = {unit: place for place, unit in enumerate(order)}
    return {
        op.id
        for (unit, other), ops in pulls.items()
        if places[other] > places[unit]
        for op in ops
        if op.id in inside and op.id != unit
    }


def _price(unit: str, operations: Sequence[Operation]) -> int:
    """What it costs to put a unit before one that it needs: it must not be where the model itself needs the other."""
    if any(op.id == unit for op in operations):
        return 1_000_000
    return sum(1000 + op.weight for op in operations if op.kind == "AddField") or 1


def _cheapest(units: Sequence[str], price: Mapping[tuple[str, str], int]) -> list[str]:
    """The cheapest order of a few units, by dynamic programming over the sets of units that come first."""
    needs: list[list[tuple[int, int]]] = [[] for _ in units]
    for (unit, other), cost in price.items():
        needs[units.index(unit)].append((1 << units.index(other), cost))
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
    for before in range(1 << len(units)):
        cost, order = best[before]
        for place in range(len(units)):
            if before >> place & 1:
                continue
            more = sum(paid for other, paid in needs[place] if not other & before)
            found = (cost + more, (*order, place))
            after = before | 1 << place
            if after not in best or found < best[after]:
                best[after] = found
    return [units[place] for place in best[(1 << len(units)) - 1][1]]


def _improved(order: list[str], price: Mapping[tuple[str, str], int]) -> list[str]:
    """The order with each unit moved to its cheapest place, until nothing moves."""
    neighbours: dict[str, list[tuple[str, int]]] = {unit: [] for unit in order}
    for (unit, other), cost in price.items():
        neighbours[unit].append((other, cost))
        neighbours[other].append((unit, -cost))
    for _ in range(_ROUNDS):
        moved = False
        for unit in sorted(order):
            place = order.index(unit)
            best = _best_place(unit, order, neighbours[unit])
            if best != place:
                order.insert(best, order.pop(place))
                moved = True
        if not moved:
            break
    return order


def _best_place(unit: str, order: Sequence[str], neighbours: Collection[tuple[str, int]]) -> int:
    """Where the unit costs least: a positive price is paid for standing before a unit, a negative one for standing after."""
    others = [each for each in order if each != unit]
    places = {each: place for place, each in enumerate(others)}
    changes = [0] * (len(others) + 1)
    cost = 0
    for other, price in neighbours:
        # At place p the unit stands before every other unit from p on.
        if price > 0:
            cost += price
        changes[places[other] + 1] += -price
    costs = []
    for change in changes:
        cost += change
        costs.append(cost)
    here = order.index(unit)
    cheapest = min(costs)
    return here if costs[here] == cheapest else costs.index(cheapest)


def _sorted(
    units: Mapping[str, Sequence[str]], by_id: Mapping[str, Operation], inside: Mapping[str, str], rendered: Rendered
) -> list[str]:
    """Units after what they need: a part that was left out at once, else the unit that makes the smallest component.

    What a unit costs only grows while others come, so that a look at it when its turn comes is enough.
    """
    needed, leading = _needed(by_id, inside), dict[str, list[str]]()
    for unit, others in needed.items():
        for other in others:
            leading.setdefault(other, []).append(unit)
    waiting = {unit: len(needed[unit]) for unit in units}
    first = {unit: place for place, unit in enumerate(units)}
    connected = {unit: rendered.models(by_id[key] for key in keys) for unit, keys in units.items()}

    def rank(unit: str) -> tuple[bool, int, int]:
        return unit in inside, rendered.after(connected[unit]), first[unit]

    ready = [(rank(unit), unit) for unit, count in waiting.items() if not count]
    heapq.heapify(ready)
    order: list[str] = []
    while ready:
        seen, unit = heapq.heappop(ready)
        if (now := rank(unit)) != seen and ready and now > ready[0][0]:
            heapq.heappush(ready, (now, unit))
            continue
        order.append(unit)
        rendered.add(connected[unit])
        for other in leading.get(unit, ()):
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, (rank(other), other))
    return [*order, *(unit for unit in units if waiting[unit])]
