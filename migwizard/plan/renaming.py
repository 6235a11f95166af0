"""Names that a person gives: checked, and put into a plan wherever a file is named."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from migwizard.plan.naming import numbered
from migwizard.plan.operations import Node
from migwizard.plan.plan import Batch, Cycle, Deferred, Order, Plan

_LONGEST = 255
"""Django records names in a column of this width."""


class NamingError(Exception):
    """A name that cannot be used; the sentence says why."""


def checked_tag(tag: str) -> str:
    """The tag, if new files can be named with it. Raises NamingError."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", tag):
        raise NamingError(f"{tag!r} cannot be a tag: it takes small letters, digits and underscores, a letter first.")
    return tag


def checked_name(name: str, planned: str, *, tag: str, used: Collection[str], taken: Collection[str]) -> str:
    """The new name of the file that was planned as `planned`; its number is kept, and may be left out by the person.

    `used` are the names that the app ever had, `taken` those of its other new files. Raises NamingError.
    """
    number = planned[:4]
    full = name if re.match(r"\d{4}_", name) else f"{number}_{name}"
    if not re.fullmatch(r"\d{4}_[a-z0-9_]+", full) or len(full) > _LONGEST:
        raise NamingError(
            f"{name!r} cannot be the name of a migration: it takes small letters, digits and underscores."
        )
    if not full.startswith(f"{number}_"):
        raise NamingError(f"{full} cannot stand in the place of {planned}: its number has to stay {number}.")
    if full in used:
        raise NamingError(f"{full} was used before: a database could not be told switched from unswitched.")
    if full in taken or re.match(rf"\d{{4}}_{re.escape(tag)}_(then\d+_)?s(eed|ql)", full):
        raise NamingError(f"{full} is the name of another new file.")
    return full


def numbered_below(plan: Plan, tag: str, highest: Mapping[str, int]) -> Plan:
    """The plan with the files of each app numbered up to the highest number that is free in it."""
    names = {}
    for batch in plan.batches:
        number, _, what = batch.name.partition(f"_{tag}_")
        name = numbered(int(number), tag, what, highest.get(batch.app))
        if name != batch.name:
            names[batch.app, batch.name] = name
    return renamed(plan, names)


def renamed(plan: Plan, names: Mapping[Node, str]) -> Plan:
    """The plan with some files named otherwise; everything that names them follows."""
    if not names:
        return plan

    def node(app: str, name: str) -> Node:
        return app, names.get((app, name), name)

    def deferred(item: Deferred) -> Deferred:
        app, _, name = item.returns_in.partition("/")
        return replace(item, returns_in="/".join(node(app, name)))

    def batch(item: Batch) -> Batch:
        return replace(
            item,
            name=node(item.app, item.name)[1],
            dependencies=tuple(sorted(node(*each) for each in item.dependencies)),
            deferred=tuple(deferred(each) for each in item.deferred),
        )

    def order(item: Order) -> Order:
        return replace(item, deferred=tuple(deferred(each) for each in item.deferred))

    def cycle(item: Cycle) -> Cycle:
        return replace(item, find=lambda: tuple(order(each) for each in item.orders))

    batches, cycles = tuple(batch(item) for item in plan.batches), tuple(cycle(item) for item in plan.cycles)
    return replace(plan, batches=batches, cycles=cycles)
