"""Strongly connected components: sets of nodes that need each other.

networkx has them too, but wants a graph of its own first, and building that takes longer than all the rest (`make bench`
measures both). Tests compare the two.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence


def components(targets: Mapping[str, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """The components of a graph, each after all that it leads to; members in no particular order.

    `targets` gives what each node leads to, all of them nodes. Tarjan's algorithm (Tarjan 1972) without recursion; linear
    in nodes and edges.
    """
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    placed: set[str] = set()
    for root in targets:
        if root in number:
            continue
        number[root] = lowest[root] = len(number)
        stack.append(root)
        path = [(root, iter(targets[root]))]
        while path:
            node, rest = path[-1]
            for target in rest:
                if target not in number:
                    number[target] = lowest[target] = len(number)
                    stack.append(target)
                    path.append((target, iter(targets[target])))
                    break
                if target not in placed and number[target] < lowest[node]:
                    lowest[node] = number[target]
            else:
                path.pop()
                if path and lowest[node] < lowest[path[-1][0]]:
                    lowest[path[-1][0]] = lowest[node]
                if lowest[node] == number[node]:
                    place = _place(stack, node)
                    found = tuple(stack[place:])
                    del stack[place:]
                    placed.update(found)
                    yield found


def ordered_components(targets: Mapping[str, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """The components with their members sorted, each after all that it leads to, and before others that are later by name."""
    found = [tuple(sorted(component)) for component in components(targets)]
    component_of = {node: component for component in found for node in component}
    leading: dict[tuple[str, ...], list[tuple[str, ...]]] = {component: [] for component in found}
    waiting = dict.fromkeys(found, 0)
    for component in found:
        for other in {component_of[target] for node in component for target in targets[node]} - {component}:
            leading[other].append(component)
            waiting[component] += 1
    ready = [component for component, number in waiting.items() if not number]
    heapq.heapify(ready)
    while ready:
        component = heapq.heappop(ready)
        yield component
        for other in leading[component]:
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, other)


def _place(stack: Sequence[str], node: str) -> int:
    """Where a node stands, looked for from the end."""
    place = len(stack) - 1
    while stack[place] != node:
        place -= 1
    return place
