"""The cut through a history: the older part is folded into new files, the younger one is kept on top of them.

What is kept must never be needed by what is folded. So whatever comes after a kept migration is kept as well, however old
it is; and migrations of others that come after one stay above the cut, where they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from migwizard.plan.operations import Node

Parents = Mapping[Node, Collection[Node]]
"""What each migration of the graph comes directly after."""


class SpansCutError(ValueError):
    """A squash joins migrations of both sides, so it can neither be folded nor be kept."""

    def __init__(self, squash: Node, old: Node, young: Node) -> None:
        self.squash, self.old, self.young = squash, old, young
        super().__init__(
            f"{'.'.join(squash)} joins migrations of both sides of the cut: {'.'.join(old)} is older, {'.'.join(young)} "
            "younger."
        )


class UntoldError(ValueError):
    """Of some migrations nobody can tell on which side of the cut they are."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = tuple(nodes)
        super().__init__(f"nothing tells how old {', '.join(map('.'.join, nodes))} are")


@dataclass(frozen=True, slots=True)
class Cut:
    """What stays above the cut, in the order of the graph."""

    kept: tuple[Node, ...]
    """Of the project's apps."""
    widened: tuple[Node, ...]
    """Those of `kept` that are old, and kept since they come after others that are not."""
    above: tuple[Node, ...]
    """Of other apps: they come after kept ones, and are left as they are."""


def cut(parents: Parents, own: Collection[str], is_old: Mapping[Node, bool | None]) -> Cut:
    """The smallest cut that folds nothing young; `parents` is in an order in which migrations can be applied.

    `is_old` tells it of every node of the apps `own`; where nobody knows (None) it is told by what comes before and after
    it. Raises UntoldError where that does not tell it either.
    """
    before_old = ancestors(parents, (node for node, old in is_old.items() if old))
    stays: dict[Node, bool] = {}
    for node, before in parents.items():
        stays[node] = is_old.get(node) is False or any(stays.get(parent, False) for parent in before)
    untold = [node for node in parents if is_old.get(node, True) is None and node not in before_old and not stays[node]]
    if untold:
        raise UntoldError(untold)
    upper = [node for node, above in stays.items() if above]
    kept = tuple(node for node in upper if node[0] in own)
    widened = tuple(node for node in kept if is_old[node])
    return Cut(kept, widened, tuple(node for node in upper if node[0] not in own))


def ancestors(parents: Parents, nodes: Iterable[Node]) -> set[Node]:
    """Everything that comes before one of `nodes`, and these themselves."""
    found: set[Node] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += parents.get(node, ())
    return found


def descendants(parents: Parents, node: Node) -> set[Node]:
    """Everything that comes after a migration; `parents` is in an order in which they can be applied."""
    found = {node}
    for each, before in parents.items():
        if found & set(before):
            found.add(each)
    return found - {node}


def parts_of(node: Node, replaces: Mapping[Node, Sequence[Node]], on_disk: Collection[Node]) -> tuple[Node, ...]:
    """The migrations with a file that tell how old a node is: its own, or of a squash those that it still joins."""
    parts = dict.fromkeys(
        part for old in replaces.get(node, ()) if old in on_disk for part in parts_of(old, replaces, on_disk)
    )
    return tuple(parts) or (node,)


def sides(
    nodes: Iterable[Node], replaces: Mapping[Node, Sequence[Node]], is_old: Mapping[Node, bool | None]
) -> dict[Node, bool | None]:
    """Whether each node is old, from what is known of every file; a squash is as old as what it joins.

    Raises SpansCutError for one that joins both.
    """
    found: dict[Node, bool | None] = {}
    for node in nodes:
        parts = parts_of(node, replaces, is_old)
        old, young = [part for part in parts if is_old[part]], [part for part in parts if is_old[part] is False]
        if old and young:
            raise SpansCutError(node, old[0], young[0])
        found[node] = True if old else False if young else None
    return found
