"""Dependencies for the order alone, with which `migrate` from zero renders fewer model classes.

Django applies the files in the order of a depth-first search from the leaves, by their names. What a file costs is how
large the connected components are by then that its operations touch. So an order in which components stay small for long
is worth a few dependencies that nothing else asks for. They are chosen greedily by what each saves, those that save little
are not taken; gains are looked at anew only where a candidate comes first (lazy greedy: Minoux 1978).
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from migwizard.plan.operations import Node
from migwizard.plan.rendering import Connected

_LEAST = 200
"""A dependency has to save at least one in so many of all classes rendered."""
_EFFORT = 250_000
"""Operations times orders tried: what a search may cost; the count is the same on every machine."""

Parents = dict[Node, set[Node]]


@dataclass(frozen=True, slots=True)
class Weight:
    """A migration, with what Django renders because of it."""

    node: Node
    parents: frozenset[Node]
    connected: tuple[tuple[str, ...], ...]
    """For each operation that renders whole components: the models through which it touches them."""
    near: int
    """Classes rendered that do not depend on the order, or only a little."""
    whole: int
    """How often all models are rendered."""

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Weight:
        app, name = facts["node"]
        parents = frozenset((parent_app, parent) for parent_app, parent in facts["parents"])
        return cls((app, name), parents, tuple(map(tuple, facts["connected"])), facts["near"], facts["whole"])


@dataclass(frozen=True, slots=True)
class Precedence:
    """What was found; numbers are model classes that a migrate from zero renders, by prediction."""

    dependencies: tuple[tuple[Node, Node], ...]
    """(file, what it should come after)."""
    before: int
    after: int


def find_precedence(weights: Sequence[Weight], own: Collection[Node]) -> Precedence:
    """The dependencies of the files in `own` that are worth it.

    They name files of the same apps alone: another app may be missing in other settings, or behind in a database.
    """
    apps = {app for app, _ in own}
    parents: Parents = {weight.node: set(weight.parents) for weight in weights}
    by_node = {weight.node: weight for weight in weights}
    usual = applied(parents)
    before = rendered([by_node[node] for node in usual])
    search = _Search(by_node, parents, before)
    wanted = min(
        (small_first(weights, each=False), small_first(weights, each=True)),
        key=lambda order: rendered([by_node[node] for node in order]),
    )
    found = search.run([pair for pair in _candidates(wanted, usual, own) if pair[1][0] in apps])
    return Precedence(tuple(sorted(found)), before, search.cost)


def applied(parents: Mapping[Node, Collection[Node]]) -> list[Node]:
    """The order in which Django applies migrations to an empty database (MigrationGraph.leaf_nodes, iterative_dfs)."""
    children: dict[Node, set[str]] = {}
    for node, needed in parents.items():
        for parent in needed:
            children.setdefault(parent, set()).add(node[0])
    done: dict[Node, None] = {}
    for leaf in sorted(node for node in parents if node[0] not in children.get(node, ())):
        stack = [(leaf, False)]
        while stack:
            node, is_left = stack.pop()
            if is_left:
                done.setdefault(node)
            elif node not in done:
                stack.append((node, True))
                stack += [(parent, False) for parent in sorted(parents[node]) if parent not in done]
    return list(done)


def rendered(order: Sequence[Weight]) -> int:
    """Model classes that are rendered in an order, by what is connected so far."""
    found = _Rendered()
    for weight in order:
        found.add(weight)
    return found.classes


def small_first(weights: Sequence[Weight], *, each: bool) -> list[Node]:
    """An order in which the migration always comes next that costs least then, or with `each` least for an operation."""
    so_far, done, order = _Rendered(), set[Node](), list[Node]()
    waiting = {weight.node: weight for weight in weights}
    while waiting:
        ready = [weight for weight in waiting.values() if weight.parents <= done]
        costs = {weight: so_far.cost(weight) / (max(1, len(weight.connected)) if each else 1) for weight in ready}
        best = min(ready, key=lambda weight: (costs[weight], weight.node))
        so_far.add(best)
        done.add(best.node)
        order.append(best.node)
        del waiting[best.node]
    return order


def _candidates(wanted: Sequence[Node], usual: Sequence[Node], own: Collection[Node]) -> list[tuple[Node, Node]]:
    """Pairs (file, what should come before it) of which the usual order has the file first.

    All of them follow one order, so that no choice of them closes a circle.
    """
    place = {node: number for number, node in enumerate(usual)}
    return [
        (node, other)
        for number, node in enumerate(wanted)
        if node in own
        for other in wanted[:number]
        if place[other] > place[node]
    ]


@dataclass(slots=True)
class _Search:
    """Takes candidates as long as one saves enough."""

    weights: Mapping[Node, Weight]
    parents: Parents
    cost: int
    _least: int = field(init=False)
    _left: int = field(init=False)

    def __post_init__(self) -> None:
        self._least = max(1, self.cost // _LEAST)
        size = sum(len(weight.connected) for weight in self.weights.values())
        self._left = _EFFORT // max(1, size)

    def run(self, candidates: Sequence[tuple[Node, Node]]) -> list[tuple[Node, Node]]:
        """The candidates that were taken; of many only every second, third, ... is tried."""
        step = 1 + 2 * len(candidates) // max(1, self._left)
        heap = [(-self._saved(pair), pair) for pair in candidates[::step]]
        heapq.heapify(heap)
        taken: list[tuple[Node, Node]] = []
        while heap and -heap[0][0] >= self._least and self._left > 0:
            _, pair = heapq.heappop(heap)
            saved = self._saved(pair)
            if heap and saved < -heap[0][0]:
                heapq.heappush(heap, (-saved, pair))
            elif saved >= self._least:
                self._take(pair, saved)
                taken.append(pair)
        for pair in list(taken):
            self._drop_needless(pair, taken)
        return taken

    def _saved(self, pair: tuple[Node, Node]) -> int:
        """What a dependency would save now."""
        self._left -= 1
        node, other = pair
        if other in self.parents[node]:
            return 0
        self.parents[node].add(other)
        saved = self.cost - self._now()
        self.parents[node].discard(other)
        return saved

    def _now(self) -> int:
        return rendered([self.weights[node] for node in applied(self.parents)])

    def _take(self, pair: tuple[Node, Node], saved: int) -> None:
        self.parents[pair[0]].add(pair[1])
        self.cost -= saved

    def _drop_needless(self, pair: tuple[Node, Node], taken: list[tuple[Node, Node]]) -> None:
        """Take one out again that later ones made worth less than it has to be."""
        node, other = pair
        self.parents[node].discard(other)
        without = self._now()
        if without - self.cost < self._least:
            taken.remove(pair)
            self.cost = without
        else:
            self.parents[node].add(other)


class _Rendered:
    """What was rendered until now, migration by migration, by what is connected so far."""

    def __init__(self) -> None:
        self._connected = Connected[str]()
        self.classes = 0

    def add(self, weight: Weight) -> None:
        self.classes += sum(map(self._connected.connect, weight.connected))
        self.classes += weight.near + weight.whole * self._connected.all()

    def cost(self, weight: Weight) -> int:
        """What a migration would cost now: roughly, since its own operations connect what they touch one by one."""
        touched = {model for models in weight.connected for model in models}
        return weight.near + len(weight.connected) * self._connected.size(touched)
