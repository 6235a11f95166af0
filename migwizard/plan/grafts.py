"""Where the kept migrations of a cut begin anew: which new files each of them comes after.

In place of an old migration stands the newest new file of its app. Where an old dependency led on to other apps, a migration
may use these too; so it comes after the newest of theirs as well, unless it does anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from migwizard.plan.cut import Parents, ancestors
from migwizard.plan.operations import Node


@dataclass(frozen=True, slots=True)
class Graft:
    """The change of one migration's dependencies."""

    moved: Mapping[Node, tuple[Node, ...]]
    """By old migration that it names, the new one in its place; none where its app has no new file."""
    more: tuple[Node, ...]
    """What it has to come after besides."""


def heads(parents: Parents) -> dict[str, Node]:
    """The newest migration of each app."""
    beneath = {(node[0], parent) for node, before in parents.items() for parent in before}
    return {node[0]: node for node in parents if (node[0], node) not in beneath}


def firsts(parents: Parents) -> dict[str, Node]:
    """The first migration of each app, to which `__first__` leads."""
    return {node[0]: node for node, before in parents.items() if not any(parent[0] == node[0] for parent in before)}


def in_place_of(node: Node, newest: Mapping[str, Node]) -> tuple[Node, ...]:
    """The new migration that stands for an old one; none where its app has no new file."""
    return (newest[node[0]],) if node[0] in newest else ()


def graft(
    named: Iterable[Node], needed: Iterable[Node], stays: Iterable[Node], newest: Mapping[str, Node], new: Parents
) -> Graft:
    """The change for a migration that names the old migrations `named` and has to come after `needed`.

    `stays` is what it comes after without a change, `newest` the newest new file of each app, `new` the new graph so far.
    """
    moved = {node: in_place_of(node, newest) for node in named}
    before = ancestors(new, [*stays, *(node for nodes in moved.values() for node in nodes)])
    return Graft(moved, tuple(sorted(_last({node for node in needed if node not in before}, new))))


def needed(node: Node, old: Parents, own: Collection[str], newest: Mapping[str, Node], new: Parents) -> set[Node]:
    """What of the new graph has the contents of all that came before a migration: files of ours, migrations of others."""
    before = ancestors(old, old[node])
    found = {newest[each[0]] for each in before if each[0] in own and each[0] in newest}
    return found | {each for each in before if each[0] not in own and each in new}


def _last(nodes: Collection[Node], new: Parents) -> set[Node]:
    """Those of `nodes` that come before no other one."""
    beneath = {each for node in nodes for each in ancestors(new, new.get(node, ()))}
    return {node for node in nodes if node not in beneath}
